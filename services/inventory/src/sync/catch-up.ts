import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Log } from '@tradewind/messaging/log.ts';
import { liveVersion } from '@tradewind/outbox/live-version.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { inventorySnapshot } from '#projections/inventory-snapshot.ts';

export interface CaughtUp {
  /** Events that the central view applied meanwhile. */
  readonly applied: number;
  /** Next offset of each partition. */
  readonly positions: Readonly<Record<string, number>>;
}

export interface CatchUpDeps {
  readonly db: Database;
  readonly systemDb: Database;
  readonly log: Log;
  wakeRelay(): void;
}

const TIMEOUT_MS = 10_000;
const POLL_MS = 20;

const unsent = `select coalesce(max(id), 0) as id from outbox where parked_reason is null`;
const sent = `select not exists (select 1 from outbox where id <= $1 and parked_reason is null) as sent`;
const checkpoints = `
  select partition, next_offset as next from projection_checkpoints
  where projection = $1 and version = $2 and topic = $3`;

/**
 * Waits until the central view shows everything that was committed before the call: first the outbox has to be
 * published up to here, then the projection has to reach the topic's end.
 * @throws DomainError SYNC_TIMEOUT
 */
export async function catchUp({ db, systemDb, log, wakeRelay }: CatchUpDeps): Promise<CaughtUp> {
  const deadline = Date.now() + TIMEOUT_MS;
  const [topic = ''] = inventorySnapshot.topics;

  async function until(done: () => Promise<boolean>): Promise<void> {
    while (!(await done())) {
      if (Date.now() > deadline) {
        throw new DomainError('SYNC_TIMEOUT', 'unavailable', 'the central view is still behind', {
          retryAfter: 1,
        });
      }
      await pause(POLL_MS);
    }
  }

  async function positions(): Promise<Map<number, bigint>> {
    const { version } = await liveVersion(db, inventorySnapshot.name);
    const rows = await db.transaction('', (tx) =>
      tx.query<{ partition: number; next: bigint }>(checkpoints, [inventorySnapshot.name, version, topic]),
    );
    return new Map(rows.map(({ partition, next }) => [partition, next]));
  }

  const before = await positions();
  const [last] = await systemDb.transaction('', (tx) => tx.query<{ id: bigint }>(unsent));
  wakeRelay();
  await until(async () => {
    const [row] = await systemDb.transaction('', (tx) => tx.query<{ sent: boolean }>(sent, [last?.id ?? 0n]));
    return row?.sent === true;
  });
  const ends = await log.endOffsets(topic);
  let reached = before;
  await until(async () => {
    reached = await positions();
    return [...ends].every(([partition, end]) => (reached.get(partition) ?? 0n) >= end);
  });
  let applied = 0n;
  for (const [partition, next] of reached) applied += next - (before.get(partition) ?? 0n);
  return {
    applied: Number(applied),
    positions: Object.fromEntries(
      [...reached].sort(([a], [b]) => (a < b ? -1 : 1)).map(([partition, next]) => [partition, Number(next)]),
    ),
  };
}
