import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import { z } from 'zod';
import { deviceColumns } from '#device-table.ts';
import type { Device } from '#device/device.ts';
import type { Gap } from '#device/sequence.ts';
import type { ReadingState } from '#reading-table.ts';

/** How the numbers of one session stand. */
export interface SessionRow {
  readonly session: string;
  readonly lowest: number;
  readonly highest: number;
  readonly gaps: readonly Gap[];
}

export interface DeviceDetail {
  readonly device: Device;
  readonly sessions: readonly SessionRow[];
  /** Readings by state. */
  readonly readings: Readonly<Record<string, number>>;
}

export interface ReadingRow {
  readonly readingId: string;
  readonly arrival: bigint;
  readonly state: ReadingState;
  readonly cause: string;
  readonly locationId: string;
  readonly reading: DeviceReading;
  readonly receivedAt: Date;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

interface PageOf {
  readonly limit: number;
  readonly cursor: string | undefined;
}

const listDevices = `
  select ${deviceColumns} from device
  where store_id = $1 and device_id > $2 and ($3::text is null or status = $3) order by device_id limit $4`;
const oneDevice = `select ${deviceColumns} from device where store_id = $1 and device_id = $2`;
const sessions = `
  select session, lowest::float8 as lowest, highest::float8 as highest, gaps from device_sequence
  where store_id = $1 and device_id = $2 order by updated_at desc limit 20`;
const counts = `
  select state, count(*)::int as count from device_reading where store_id = $1 and device_id = $2 group by state`;
const listReadings = `
  select reading_id as "readingId", arrival, state, cause, location_id as "locationId", reading,
    received_at as "receivedAt", settled_at as "settledAt", settled_by as "settledBy"
  from device_reading
  where store_id = $1 and state = any($2) and arrival > $3 and ($4::text is null or device_id = $4)
  order by arrival limit $5`;

const open: readonly ReadingState[] = ['PARKED', 'KEPT', 'REFUSED'];

export function deviceQueries(db: Database) {
  return {
    async list(
      tenant: string,
      { limit, cursor, status }: PageOf & { status: string | undefined },
    ): Promise<Page<Device>> {
      const after = cursor === undefined ? '' : decodeCursor(cursor, z.string());
      const rows = await db.transaction(tenant, (tx) =>
        tx.query<Device>(listDevices, [tenant, after, status ?? null, limit + 1]),
      );
      return page(rows, limit, ({ deviceId }) => deviceId);
    },
    find: (tenant: string, deviceId: string): Promise<DeviceDetail | undefined> =>
      db.transaction(tenant, async (tx) => {
        const [[device], runs, states] = await Promise.all([
          tx.query<Device>(oneDevice, [tenant, deviceId]),
          tx.query<SessionRow>(sessions, [tenant, deviceId]),
          tx.query<{ state: string; count: number }>(counts, [tenant, deviceId]),
        ]);
        const readings = Object.fromEntries(states.map(({ state, count }) => [state, count]));
        return device && { device, sessions: runs, readings };
      }),
    async readings(
      tenant: string,
      {
        limit,
        cursor,
        state,
        deviceId,
      }: PageOf & { state: ReadingState | undefined; deviceId: string | undefined },
    ): Promise<Page<ReadingRow>> {
      const after = cursor === undefined ? '0' : decodeCursor(cursor, z.string().regex(/^\d{1,18}$/));
      const states = state === undefined ? open : [state];
      const rows = await db.transaction(tenant, (tx) =>
        tx.query<ReadingRow>(listReadings, [tenant, states, after, deviceId ?? null, limit + 1]),
      );
      return page(rows, limit, ({ arrival }) => String(arrival));
    },
  };
}

export type DeviceQueries = ReturnType<typeof deviceQueries>;

function page<T>(rows: readonly T[], limit: number, positionOf: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(positionOf(last)) : null };
}
