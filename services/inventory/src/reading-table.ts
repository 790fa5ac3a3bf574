import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';

export const readingStates = ['PARKED', 'KEPT', 'REFUSED', 'APPLIED', 'DROPPED'] as const;
/**
 * PARKED: the stock cannot take it yet. KEPT: its device is in quarantine. REFUSED: it names another tenant's location.
 */
export type ReadingState = (typeof readingStates)[number];

/** A reading that did not reach the stock when it came. */
export interface HeldReading {
  readonly readingId: string;
  readonly state: 'PARKED' | 'KEPT' | 'REFUSED';
  /** A stable code: the refusal of the stock, or the rule that the device broke. */
  readonly cause: string;
  readonly locationId: string;
  readonly reading: DeviceReading;
  readonly correlationId: string;
}

const insert = `
  insert into device_reading (store_id, reading_id, device_id, session, seq, location_id, sku, delta, state, cause,
    reading, correlation_id, received_at)
  select $1, reading_id, device_id, session, seq, location_id, sku, delta, state, cause, reading, correlation_id, now()
  from json_to_recordset($2) as r (reading_id text, device_id text, session text, seq bigint, location_id text,
    sku text, delta int, state text, cause text, reading jsonb, correlation_id text)
  on conflict do nothing`;

export async function holdReadings(tx: Transaction, held: readonly HeldReading[]): Promise<void> {
  if (held.length === 0) return;
  const rows = held.map(({ readingId, state, cause, locationId, reading, correlationId }) => ({
    ...{
      reading_id: readingId,
      device_id: reading.deviceId,
      session: reading.session ?? '',
      seq: reading.seq,
    },
    ...{ location_id: locationId, sku: reading.sku, delta: reading.delta, state, cause, reading },
    correlation_id: correlationId,
  }));
  await tx.query(insert, [tx.storeId, JSON.stringify(rows)]);
}

const known = `
  select adjustment_id as id from inventory_adjustment where store_id = $1 and adjustment_id = any($2)
  union all
  select reading_id from device_reading where store_id = $1 and reading_id = any($2)`;

/** Which of these readings, that have no number of their own, were taken before. */
export async function takenBefore(tx: Transaction, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  return new Set((await tx.query<{ id: string }>(known, [tx.storeId, ids])).map(({ id }) => id));
}

export interface OpenReading {
  readonly readingId: string;
  readonly state: ReadingState;
  readonly locationId: string;
  readonly reading: DeviceReading;
  readonly correlationId: string;
}

const openColumns = `reading_id as "readingId", state, location_id as "locationId", reading,
  correlation_id as "correlationId"`;

const lockThese = `
  select ${openColumns} from device_reading
  where store_id = $1 and reading_id = any($2) and state in ('PARKED', 'KEPT', 'REFUSED')
  order by arrival for update`;

const lockKept = `
  select ${openColumns} from device_reading
  where store_id = $1 and device_id = $2 and state = 'KEPT' order by arrival limit $3 for update`;

const move = `
  update device_reading d set state = r.state, cause = coalesce(r.cause, d.cause), settled_by = $3,
    settled_at = case when r.state in ('APPLIED', 'DROPPED') then now() end
  from json_to_recordset($2) as r (reading_id text, state text, cause text)
  where d.store_id = $1 and d.reading_id = r.reading_id`;

export const lockOpen = (tx: Transaction, ids: readonly string[]): Promise<OpenReading[]> =>
  tx.query(lockThese, [tx.storeId, ids]);

/** The oldest that are kept aside of a device. */
export const lockKeptOf = (tx: Transaction, deviceId: string, limit: number): Promise<OpenReading[]> =>
  tx.query(lockKept, [tx.storeId, deviceId, limit]);

const takeBack = `
  delete from device_reading
  where store_id = $1 and reading_id = any($2) and state = 'PARKED' and cause = 'UNKNOWN_LOCATION'
  returning reading_id as "readingId"`;

/** Takes readings out that waited for their location; answers those that nobody else has taken. */
export async function takeOut(tx: Transaction, ids: readonly string[]): Promise<string[]> {
  return (await tx.query<{ readingId: string }>(takeBack, [tx.storeId, ids])).map(
    ({ readingId }) => readingId,
  );
}

export interface Moved {
  readonly reading_id: string;
  readonly state: ReadingState;
  /** A new cause; absent: the old one stands. */
  readonly cause?: string;
}

export async function moveReadings(
  tx: Transaction,
  moved: readonly Moved[],
  by: string | null,
): Promise<void> {
  if (moved.length > 0) await tx.query(move, [tx.storeId, JSON.stringify(moved), by]);
}
