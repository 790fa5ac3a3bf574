import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import {
  type ProjectionStore,
  type RowChange,
  RowRefused,
  type StoredRow,
} from '@tradewind/outbox/projection-store.ts';
import type { RedisLayout } from '@tradewind/outbox/store-layout.ts';
import { SerializationFailure } from '@tradewind/postgres/errors.ts';
import { Redis } from 'ioredis';
import { pipelined } from './pipelined.ts';
import { BUCKETS, decodeRow, encodeRow, indexCommands, redisKeys, versionsText } from './redis-keys.ts';
import { versionsIn } from './versions-in.ts';
import { CHANGED_MEANWHILE, LOST, withScript } from './redis-script.ts';
import { type RedisReads, redisReads } from './redis-reads.ts';

export interface RedisStore extends ProjectionStore, RedisReads {}

export interface RedisStoreOptions {
  readonly url: string;
  /** Keeps services that share a Redis apart. */
  readonly namespace: string;
}

/** Rows that no reader could use in time anyway. */
const MAX_ROW = 1_000_000;
const COMMAND_MS = 5_000;
/** Buckets that one round trip reads. */
const SCANNED = 8;

const layoutOf = ({ store }: Projection): RedisLayout =>
  store?.kind === 'redis' || store?.kind === 'redis+cassandra' ? store.redis : {};

/** Redis was wiped, or is another one: what it has of the version is not the version. */
export const lost = ({ name }: Projection, version: number): DomainError =>
  new DomainError(
    'PROJECTION_LOST',
    'unavailable',
    `Redis has lost ${name} v${version}: ./tw replay ${name}`,
  );

/**
 * Rows of a tenant in hashes of Redis, with sorted sets and sums beside them. One script compares the versions that were loaded with
 * those that stand, and writes row and indexes together, so what two processes do to a row at once is done by one of them.
 */
export function redisStore({ url, namespace }: RedisStoreOptions): RedisStore {
  const redis = withScript(
    new Redis(url, {
      lazyConnect: false,
      maxRetriesPerRequest: 2,
      commandTimeout: COMMAND_MS,
      enableReadyCheck: true,
    }),
  );
  // Every command says by itself that Redis is away.
  redis.on('error', () => undefined);

  async function load(
    projection: Projection,
    version: number,
    storeId: string,
    wanted: readonly string[],
  ): Promise<Map<string, StoredRow>> {
    const keys = redisKeys(namespace, projection, version);
    const buckets = [...Map.groupBy(wanted, (key) => keys.rows(storeId, key))];
    const [there, ...found] = await pipelined<number, (string | null)[]>(redis, [
      ['exists', keys.marker],
      ...buckets.map(([bucket, fields]): [string, ...string[]] => ['hmget', bucket, ...fields]),
    ]);
    if (there === 0) throw lost(projection, version);
    const rows = new Map<string, StoredRow>();
    buckets.forEach(([, fields], at) => {
      fields.forEach((key, index) => {
        const value = found[at]?.[index];
        if (typeof value === 'string') rows.set(key, decodeRow(value));
      });
    });
    return rows;
  }

  async function save(projection: Projection, version: number, changes: readonly RowChange[]): Promise<void> {
    const keys = redisKeys(namespace, projection, version);
    const layout = layoutOf(projection);
    const encoded = changes.map((change) => {
      const key = String(change.after[projection.key]);
      return { change, key, value: encodeRow(change.after) };
    });
    const large = encoded.filter(({ value }) => value.length > MAX_ROW);
    if (large.length > 0)
      throw new RowRefused(
        large.map(({ key }) => key),
        `rows of ${projection.name} have at most ${MAX_ROW} characters`,
      );
    const answers = await pipelined<number, number>(
      redis,
      encoded.map(({ change, key, value }): [string, ...(string | number)[]] => {
        const commands = indexCommands(keys, layout, key, change);
        const names = [
          keys.marker,
          keys.rows(change.after.store_id, key),
          ...commands.map(([, name]) => name),
        ];
        const loaded = change.before ? versionsText(change.before.versions) : '';
        const steps = commands.flatMap(([command, , first, second]) => [command, first, second]);
        return ['projectionRow', names.length, ...names, key, loaded, value, ...steps];
      }),
    );
    if (answers.includes(LOST)) throw lost(projection, version);
    if (answers.includes(CHANGED_MEANWHILE))
      throw new SerializationFailure(`rows of ${projection.name} were changed meanwhile`);
  }

  async function tenantsOf(projection: Projection, version: number): Promise<string[]> {
    const keys = redisKeys(namespace, projection, version);
    if ((await redis.exists(keys.marker)) === 0) throw lost(projection, version);
    return redis.smembers(keys.tenants);
  }

  return {
    kind: 'redis',
    rows: (projection, version) => ({
      load: (tx, wanted) => load(projection, version, tx.storeId, [...wanted.keys()]),
      save: (_tx, changes) => (changes.length === 0 ? Promise.resolve() : save(projection, version, changes)),
      versions: async (storeId, keys) => versionsIn(await load(projection, version, storeId, keys)),
    }),
    async create(projection, version) {
      await redis.set(redisKeys(namespace, projection, version).marker, 'stands');
    },
    async drop(projection, version) {
      const keys = redisKeys(namespace, projection, version);
      // The marker goes first: who still reads or writes hears that the version is gone.
      await redis.del(keys.marker);
      for await (const found of redis.scanStream({ match: keys.all, count: 1_000 }))
        if ((found as string[]).length > 0) await redis.unlink(...(found as string[]));
    },
    async *scan(projection, version) {
      const keys = redisKeys(namespace, projection, version);
      for (const storeId of await tenantsOf(projection, version)) {
        for (let bucket = 0; bucket < BUCKETS; bucket += SCANNED) {
          const some = Array.from(
            { length: SCANNED },
            (_, at) => ['hvals', keys.bucket(storeId, bucket + at)] as const,
          );
          for (const rows of await pipelined<string[], string[]>(redis, some))
            if (rows.length > 0) yield rows.map(decodeRow);
        }
      }
    },
    ...redisReads(redis, namespace, load),
    async ping() {
      await redis.ping();
    },
    async close() {
      redis.disconnect();
    },
  };
}
