import type { Projection } from '@tradewind/outbox/projection.ts';
import type { ProjectionStore, StoredRow } from '@tradewind/outbox/projection-store.ts';
import type { CassandraStore } from './cassandra-store.ts';
import type { RedisFront } from './redis-front.ts';

export interface FrontStore extends ProjectionStore {
  /** From Redis; what is not there from Cassandra, and put back. A row's place has to be its key. */
  find(
    projection: Projection,
    version: number,
    storeId: string,
    keys: readonly string[],
  ): Promise<Map<string, StoredRow>>;
}

/**
 * Rows in Cassandra, and in Redis in front of them. Redis is written first: if Cassandra then fails, the batch comes again and finds the old
 * rows; the other way round it would find the new ones, change nothing, and Redis would stay behind for good. What Cassandra refuses is found
 * before either has it.
 */
export function frontStore(cassandra: CassandraStore, front: RedisFront): FrontStore {
  return {
    ...cassandra,
    kind: 'redis+cassandra',
    rows(projection, version) {
      const behind = cassandra.rows(projection, version);
      return {
        ...behind,
        async save(tx, changes) {
          cassandra.check(projection, changes);
          await front.put(
            projection,
            version,
            changes.map(({ after }) => after),
          );
          await behind.save(tx, changes);
        },
      };
    },
    async find(projection, version, storeId, keys) {
      const found = await front.find(projection, version, storeId, keys);
      const missing = keys.filter((key) => !found.has(key));
      if (missing.length === 0) return found;
      const places = missing.map((key) => ({ [projection.key]: key }));
      const rows = await cassandra.find(projection, version, storeId, places);
      // Nobody waits for it: the next reader asks Cassandra again.
      front.put(projection, version, rows).catch(() => undefined);
      for (const row of rows) found.set(String(row[projection.key]), row);
      return found;
    },
    async close() {
      await Promise.all([cassandra.close(), front.close()]);
    },
  };
}
