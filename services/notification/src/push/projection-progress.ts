import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Database } from '@tradewind/postgres/database.ts';

export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface ProjectionProgress {
  /** Resolves when the live version has applied, or parked, everything up to there. */
  passed(place: Place, signal: AbortSignal): Promise<void>;
}

const POLL_MS = 10;
const PATIENCE_MS = 20_000;

const checkpoints = `
  select c.topic, c.partition, c.next_offset as next
  from projection_checkpoints c
  join projections p on p.name = c.projection and p.version = c.version and p.state = 'live'
  where c.projection = $1`;

/** How far a projection has come, by its checkpoints. Who waits at the same time shares the looks. */
export function projectionProgress(db: Database, projection: string): ProjectionProgress {
  let looking: Promise<ReadonlyMap<string, bigint>> | undefined;

  async function look(): Promise<ReadonlyMap<string, bigint>> {
    await pause(POLL_MS);
    type Row = { topic: string; partition: number; next: bigint };
    const rows = await db.transaction('', (tx) => tx.query<Row>(checkpoints, [projection]));
    return new Map(rows.map(({ topic, partition, next }) => [`${topic} ${partition}`, next]));
  }

  return {
    async passed({ topic, partition, offset }, signal) {
      const deadline = performance.now() + PATIENCE_MS;
      while (!signal.aborted) {
        looking ??= look().finally(() => {
          looking = undefined;
        });
        const next = (await looking).get(`${topic} ${partition}`) ?? 0n;
        if (next > offset) return;
        if (performance.now() > deadline)
          throw new DomainError('PROJECTION_BEHIND', 'unavailable', `${projection} is far behind`);
      }
    },
  };
}
