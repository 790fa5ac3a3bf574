import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Device } from '#device/device.ts';
import { DEFAULT_RULES, type DeviceRules } from '#device/rules.ts';
import type { Gap, Sequence } from '#device/sequence.ts';

export const deviceColumns = `
  device_id as "deviceId", quarantined_for as "quarantinedFor", quarantined_at as "quarantinedAt", version,
  first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt", last_session as "lastSession",
  last_seq::float8 as "lastSeq", last_skew_ms::float8 as "lastSkewMs", min_skew_ms::float8 as "minSkewMs",
  max_skew_ms::float8 as "maxSkewMs", applied::float8 as applied, duplicates::float8 as duplicates,
  window_start as "windowStart", window_change::float8 as "windowChange", parked_in_a_row as "parkedInARow"`;

const create = `
  insert into device (store_id, device_id, status, first_seen_at, last_seen_at, window_start)
  select $1, unnest($2::text[]), 'ACTIVE', now(), now(), now() order by 2 on conflict do nothing`;

const lock = `
  select ${deviceColumns} from device where store_id = $1 and device_id = any($2) order by device_id for update`;

const save = `
  update device d set
    status = case when r.quarantined_for is null then 'ACTIVE' else 'QUARANTINED' end,
    quarantined_for = r.quarantined_for, quarantined_at = r.quarantined_at, version = r.version,
    last_seen_at = r.last_seen_at, last_session = r.last_session, last_seq = r.last_seq,
    last_skew_ms = r.last_skew_ms, min_skew_ms = r.min_skew_ms, max_skew_ms = r.max_skew_ms,
    applied = r.applied, duplicates = r.duplicates, window_start = r.window_start,
    window_change = r.window_change, parked_in_a_row = r.parked_in_a_row
  from json_to_recordset($2) as r (device_id text, quarantined_for text, quarantined_at timestamptz, version int,
    last_seen_at timestamptz, last_session text, last_seq bigint, last_skew_ms bigint, min_skew_ms bigint,
    max_skew_ms bigint, applied bigint, duplicates bigint, window_start timestamptz, window_change bigint,
    parked_in_a_row int)
  where d.store_id = $1 and d.device_id = r.device_id`;

/** Locks devices in the order of their ids. Those of other tenants are not among them. */
export async function lockDevices(
  tx: Transaction,
  ids: readonly string[],
  { make }: { readonly make: boolean },
): Promise<Map<string, Device>> {
  if (ids.length === 0) return new Map();
  const take = async () =>
    new Map((await tx.query<Device>(lock, [tx.storeId, ids])).map((one) => [one.deviceId, one] as const));
  const known = await take();
  const fresh = ids.filter((id) => !known.has(id));
  if (fresh.length === 0 || !make) return known;
  await tx.query(create, [tx.storeId, fresh]);
  return take();
}

export async function saveDevices(tx: Transaction, devices: readonly Device[]): Promise<void> {
  if (devices.length === 0) return;
  const rows = devices.map((one) => ({
    ...{ device_id: one.deviceId, quarantined_for: one.quarantinedFor, quarantined_at: one.quarantinedAt },
    ...{ version: one.version, last_seen_at: one.lastSeenAt, last_session: one.lastSession },
    ...{ last_seq: one.lastSeq, last_skew_ms: one.lastSkewMs, min_skew_ms: one.minSkewMs },
    ...{ max_skew_ms: one.maxSkewMs, applied: one.applied, duplicates: one.duplicates },
    ...{ window_start: one.windowStart, window_change: one.windowChange, parked_in_a_row: one.parkedInARow },
  }));
  await tx.query(save, [tx.storeId, JSON.stringify(rows)]);
}

const selectSequences = `
  select s.device_id as "deviceId", s.session, lowest::float8 as lowest, highest::float8 as highest, gaps
  from device_sequence s join json_to_recordset($2) as r (device_id text, session text)
    on s.device_id = r.device_id and s.session = r.session
  where s.store_id = $1`;

const saveSequence = `
  insert into device_sequence (store_id, device_id, session, lowest, highest, gaps, updated_at)
  select $1, device_id, session, lowest, highest, gaps, now()
  from json_to_recordset($2) as r (device_id text, session text, lowest bigint, highest bigint, gaps jsonb)
  on conflict (store_id, device_id, session) do update
    set lowest = excluded.lowest, highest = excluded.highest, gaps = excluded.gaps, updated_at = excluded.updated_at`;

/** One run of a device's numbers. */
export interface Run {
  readonly deviceId: string;
  readonly session: string;
}

export const runKey = ({ deviceId, session }: Run): string => `${deviceId}\n${session}`;

/** The caller holds the locks of the devices. */
export async function loadSequences(tx: Transaction, runs: readonly Run[]): Promise<Map<string, Sequence>> {
  if (runs.length === 0) return new Map();
  const keys = runs.map(({ deviceId, session }) => ({ device_id: deviceId, session }));
  const rows = await tx.query<Run & { lowest: number; highest: number; gaps: Gap[] }>(selectSequences, [
    tx.storeId,
    JSON.stringify(keys),
  ]);
  return new Map(rows.map(({ lowest, highest, gaps, ...run }) => [runKey(run), { lowest, highest, gaps }]));
}

export async function saveSequences(
  tx: Transaction,
  changed: readonly (readonly [Run, Sequence])[],
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(([{ deviceId, session }, { lowest, highest, gaps }]) => ({
    ...{ device_id: deviceId, session, lowest, highest, gaps },
  }));
  await tx.query(saveSequence, [tx.storeId, JSON.stringify(rows)]);
}

export const ruleColumns = `
  max_abs_delta as "maxAbsDelta", max_change_per_minute::float8 as "maxChangePerMinute",
  max_skew_seconds as "maxSkewSeconds", max_parked_in_a_row as "maxParkedInARow", max_gaps as "maxGaps"`;

const selectRules = `
  select device_id as "deviceId", ${ruleColumns} from device_rule where store_id = $1 and device_id = any($2)`;

/** What each device of a tenant may do. */
export async function loadRules(
  tx: Transaction,
  ids: readonly string[],
): Promise<(deviceId: string) => DeviceRules> {
  const rows = await tx.query<DeviceRules & { deviceId: string }>(selectRules, [tx.storeId, ['', ...ids]]);
  const own = new Map(rows.map(({ deviceId, ...rules }) => [deviceId, rules]));
  const common = own.get('') ?? DEFAULT_RULES;
  return (deviceId) => own.get(deviceId) ?? common;
}
