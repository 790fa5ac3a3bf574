import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Log } from '@tradewind/messaging/log.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { sqlState } from '@tradewind/postgres/errors.ts';
import { groupCommit, LOOK_UP_REST_MS } from '@tradewind/postgres/group-commit.ts';
import { liveVersion } from './live-version.ts';
import { onlyPostgres } from './postgres-store.ts';
import type { Projection } from './projection.ts';
import type { ProjectionStores } from './projection-store.ts';

/** The version of an aggregate up to which a projection shows it; 0 = it does not show it yet. */
export type AppliedVersion = (
  projection: Projection,
  storeId: string,
  key: string,
  topic: string,
) => Promise<number>;

interface Question {
  readonly projection: Projection;
  readonly storeId: string;
  readonly key: string;
  readonly topic: string;
}

interface Row {
  readonly key: string;
  readonly version: number | null;
}

const UNDEFINED_TABLE = '42P01';

/**
 * Asks the live version of a projection; questions that come together share a query. Rows carry the guard by which they were
 * written, wherever they stand. Where a key alone does not find its row, or the store is away, the checkpoint answers: what this service
 * has published of a key is shown once all that its partition holds is applied.
 */
export function appliedVersions(
  db: Database,
  log: Pick<Log, 'endOffsets'>,
  stores: Pick<ProjectionStores, 'has' | 'open'> = onlyPostgres(),
): AppliedVersion {
  const ofRows = groupCommit<Question, number>({
    groupOf: ({ projection, storeId, topic }) => `${projection.name}\n${storeId}\n${topic}`,
    restMs: LOOK_UP_REST_MS,
    async run(_, questions) {
      const { projection, storeId, topic } = questions[0]!;
      const text = `
        select ${projection.key}::text as key, (versions->>$3)::int as version from ${projection.name}
        where store_id = $1 and ${projection.key} = any($2)`;
      const keys = [...new Set(questions.map(({ key }) => key))];
      const rows = await db.transaction(storeId, (tx) => tx.query<Row>(text, [storeId, keys, topic]));
      const versions = new Map(rows.map(({ key, version }) => [key, version ?? 0]));
      return questions.map(({ key }) => ({ ok: true, value: versions.get(key) ?? 0 }));
    },
  });

  /** Undefined where the rows can't be asked. */
  async function inStore({ projection, storeId, key, topic }: Question): Promise<number | undefined> {
    const { version, store } = await liveVersion(db, projection.name);
    if (store === 'postgres' || !stores.has(store)) return undefined;
    try {
      const rows = (await stores.open(store)).rows(projection, version);
      const found = await rows.versions?.(storeId, [key]);
      return found && (found.get(key)?.[topic] ?? 0);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'unavailable') return undefined;
      throw error;
    }
  }

  async function byCheckpoint({ projection, storeId, key, topic }: Question): Promise<number> {
    // First what the partition holds, then what of it is applied: an event that comes in between can only cost a look more.
    const ends = await log.endOffsets(topic);
    const partition = partitionFor(key, ends.size);
    const [at] = await db.transaction(storeId, (tx) =>
      tx.query<{ waits: boolean; next: bigint | null }>(published, [topic, key, projection.name, partition]),
    );
    const applied = at?.waits === false && (at.next ?? 0n) >= (ends.get(partition) ?? 0n);
    return applied ? Number.MAX_SAFE_INTEGER : 0;
  }

  return async (projection, storeId, key, topic) => {
    const question = { projection, storeId, key, topic };
    try {
      return await ofRows(question);
    } catch (error) {
      if (sqlState(error) !== UNDEFINED_TABLE) throw error;
      return (await inStore(question)) ?? byCheckpoint(question);
    }
  };
}

const published = `
  select exists (select from outbox where topic = $1 and partition_key = $2)
      or exists (select from parked_events where consumer = $3 and topic = $1 and partition_key = $2) as waits, (
    select c.next_offset from projection_checkpoints c
    join projections p on p.name = c.projection and p.version = c.version and p.state = 'live'
    where c.projection = $3 and c.topic = $1 and c.partition = $4) as next`;
