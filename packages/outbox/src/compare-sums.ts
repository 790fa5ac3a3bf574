import { setTimeout as delay } from 'node:timers/promises';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { type BucketRow, bucketsQuery, fromDatabase, totalOf } from './bucket-digest.ts';
import { type Checkpoint, placeName } from './checkpoints.ts';
import { liveVersion } from './live-version.ts';
import {
  type Difference,
  differencesOf,
  digestsOf,
  mismatchOf,
  type Parity,
  type ParityOptions,
  unhurried,
} from './parity.ts';
import { tableOf } from './postgres-store.ts';
import { checkpointsOf } from './replay-ranges.ts';

export interface SumsOptions extends ParityOptions {
  /** Brings the version to exactly these offsets, where it is before them. */
  readTo(places: readonly Checkpoint[]): Promise<void>;
}

/** So often is looked whether the live version has come as far as the other one. */
const ROUNDS = 20;
const PAUSE_MS = 300;

const takeLive = (name: string, live: number, rows: string): string => `
  create temporary table live_figures on commit drop as
  select store_id, key, digest, null::text as topic, null::int as partition, null::bigint as next from (${rows}) r
  union all
  select null, null, null, topic, partition, next_offset from projection_checkpoints
  where projection = '${name}' and version = ${live}`;

const LIVE_ROWS = 'select store_id, key, digest from live_figures where topic is null';

/**
 * Compares sums with those of the live version. While events come, no look would find both equal: the sum of a day changes with each of
 * them. So what the live version says is taken together with its offsets, and the other one, which stands still, is read up to there.
 */
export async function compareSums(options: SumsOptions, version: number): Promise<Parity> {
  const { projection, systemDb, readTo } = options;
  const { name } = projection;
  const { version: live } = await liveVersion(systemDb, name);
  for (let round = 0; round < ROUNDS; round++) {
    const [there, here] = await Promise.all([
      checkpointsOf(systemDb, name, live),
      checkpointsOf(systemDb, name, version),
    ]);
    await readTo(there);
    if (includes(there, here)) break;
    await delay(PAUSE_MS);
  }
  return systemDb.transaction('', async (tx) => {
    await unhurried(tx);
    await tx.execute(`set local idle_in_transaction_session_timeout = 0`);
    // One statement, one snapshot.
    await tx.execute(takeLive(name, live, digestsOf(projection, tableOf(name, live))));
    await readTo(
      await tx.execute<Checkpoint>('select topic, partition, next from live_figures where topic is not null'),
    );
    return settled(tx, digestsOf(projection, tableOf(name, version)));
  });
}

async function settled(tx: Transaction, rows: string): Promise<Parity> {
  const source = fromDatabase(await tx.execute<BucketRow>(bucketsQuery(LIVE_ROWS)));
  const projection = fromDatabase(await tx.execute<BucketRow>(bucketsQuery(rows)));
  const differences = await tx.execute<Difference>(differencesOf(LIVE_ROWS, rows));
  return {
    ...totalOf(projection),
    ...{ source, projection, against: 'live version', inMotion: 0 },
    mismatches: differences.map(mismatchOf),
  };
}

/** Pure: the live version has read all that the other one has. */
function includes(there: readonly Checkpoint[], here: readonly Checkpoint[]): boolean {
  const next = new Map(there.map((place) => [placeName(place), place.next]));
  return here.every((place) => (next.get(placeName(place)) ?? 0n) >= place.next);
}
