import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { ruleColumns } from '#device-table.ts';
import { rulesChangedEvent } from '#device/events.ts';
import { DEFAULT_RULES, type DeviceRules } from '#device/rules.ts';
import { inventoryError } from '#errors.ts';

/** Rules of one device, or with the device '' those of all that have none of their own. */
export interface StoredRules extends DeviceRules {
  readonly deviceId: string;
  /** 0: nobody has set any. */
  readonly version: number;
  readonly updatedBy: string | null;
  readonly updatedAt: Date | null;
}

const columns = `device_id as "deviceId", ${ruleColumns}, version, updated_by as "updatedBy", updated_at as "updatedAt"`;
const all = `select ${columns} from device_rule where store_id = $1 order by device_id limit 1001`;
const lock = `select ${columns} from device_rule where store_id = $1 and device_id = $2 for update`;
const save = `
  insert into device_rule (store_id, device_id, max_abs_delta, max_change_per_minute, max_skew_seconds,
    max_parked_in_a_row, max_gaps, version, updated_by, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())
  on conflict (store_id, device_id) do update set max_abs_delta = excluded.max_abs_delta,
    max_change_per_minute = excluded.max_change_per_minute, max_skew_seconds = excluded.max_skew_seconds,
    max_parked_in_a_row = excluded.max_parked_in_a_row, max_gaps = excluded.max_gaps,
    version = device_rule.version + 1, updated_by = excluded.updated_by, updated_at = excluded.updated_at
  returning ${columns}`;

const unset: StoredRules = { ...DEFAULT_RULES, deviceId: '', version: 0, updatedBy: null, updatedAt: null };

export interface SetRules {
  readonly deviceId: string;
  /** What is not given stays as it is. */
  readonly rules: { readonly [Rule in keyof DeviceRules]?: number | null | undefined };
  readonly expectedVersion: number | undefined;
  readonly by: string;
}

export interface RulesStoreDeps {
  readonly db: Database;
  readonly encoder: EventEncoder;
  wakeRelay(): void;
}

export function rulesStore({ db, encoder, wakeRelay }: RulesStoreDeps) {
  return {
    /** Those of all devices first. */
    async read(tenant: string): Promise<readonly [StoredRules, ...StoredRules[]]> {
      const rows = await db.transaction(tenant, (tx) => tx.query<StoredRules>(all, [tenant]));
      const common = rows.find(({ deviceId }) => deviceId === '') ?? unset;
      return [common, ...rows.filter(({ deviceId }) => deviceId !== '')];
    },
    /** @throws DomainError VERSION_CONFLICT */
    async set(
      context: CommandContext,
      { deviceId, rules, expectedVersion, by }: SetRules,
    ): Promise<StoredRules> {
      const { storeId: tenant } = context;
      const stored = await db.transaction(tenant, async (tx) => {
        const [[own], [common]] = await Promise.all([
          tx.query<StoredRules>(lock, [tenant, deviceId]),
          tx.query<StoredRules>(lock, [tenant, '']),
        ]);
        const currentVersion = own?.version ?? 0;
        if (expectedVersion !== undefined && expectedVersion !== currentVersion) {
          throw inventoryError('VERSION_CONFLICT', { details: { currentVersion } });
        }
        const before = own ?? common ?? unset;
        const given = Object.entries(rules).filter(([, value]) => value !== undefined);
        const after: DeviceRules = { ...before, ...Object.fromEntries(given) };
        const [saved = unset] = await tx.query<StoredRules>(save, [
          ...[tenant, deviceId, after.maxAbsDelta, after.maxChangePerMinute, after.maxSkewSeconds],
          ...[after.maxParkedInARow, after.maxGaps, 1, by],
        ]);
        const event = rulesChangedEvent(tenant, deviceId, saved, { by, at: tx.now });
        const placed = { event, eventId: newId(), version: saved.version, context };
        await appendToOutbox(tx, [encoder.encode(placed, tx.now)]);
        return saved;
      });
      wakeRelay();
      return stored;
    },
  };
}

export type RulesStore = ReturnType<typeof rulesStore>;
