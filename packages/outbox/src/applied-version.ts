import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, LOOK_UP_REST_MS } from '@tradewind/postgres/group-commit.ts';
import type { Projection } from './projection.ts';

/**
 * The version of an aggregate up to which a projection shows it; 0 = it does not show it yet. Exact for every kind of store:
 * rows carry the guard by which they were written.
 */
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

/** Asks the live version of a projection; questions that come together share a query. */
export function appliedVersions(db: Database): AppliedVersion {
  const ask = groupCommit<Question, number>({
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
  return (projection, storeId, key, topic) => ask({ projection, storeId, key, topic });
}
