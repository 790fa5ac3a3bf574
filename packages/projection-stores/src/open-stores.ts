import { DomainError } from '@tradewind/kernel/errors.ts';
import { postgresStore, type PostgresStoreUses } from '@tradewind/outbox/postgres-store.ts';
import type { ProjectionStore, ProjectionStores, StoreKind } from '@tradewind/outbox/projection-store.ts';
import { measured } from './measured.ts';
import type { CassandraStore } from './cassandra-store.ts';
import type { FrontStore } from './front-store.ts';
import type { RedisStore } from './redis-store.ts';

/** Where the stores are; a service knows those that its profile runs. */
export interface StoreAddresses {
  readonly CASSANDRA_CONTACT_POINTS?: string | undefined;
  readonly CASSANDRA_LOCAL_DC?: string | undefined;
  readonly CASSANDRA_REPLICATION?: number | undefined;
  readonly REDIS_URL?: string | undefined;
}

/** The stores as services read them: each with what it alone can be asked. */
export interface Stores extends ProjectionStores {
  cassandra(): Promise<CassandraStore>;
  redis(): Promise<RedisStore>;
  inFront(): Promise<FrontStore>;
}

/**
 * The stores of a service. Drivers are loaded and connections opened when a projection stands there; a failed try is not remembered.
 * @param namespace the service: what is its own in stores that services share
 */
export function openStores(namespace: string, at: StoreAddresses, uses: PostgresStoreUses = {}): Stores {
  const opened = new Map<StoreKind, Promise<ProjectionStore>>();

  function once<S extends ProjectionStore>(kind: StoreKind, open: () => Promise<S>): Promise<S> {
    const known = (opened.get(kind) as Promise<S> | undefined) ?? open().then(measured);
    opened.set(kind, known);
    known.catch(() => opened.delete(kind));
    return known;
  }

  function required(name: keyof StoreAddresses): string {
    const value = at[name];
    if (value !== undefined) return String(value);
    throw new DomainError('STORE_NOT_CONFIGURED', 'unavailable', `${name} is not set`);
  }

  async function openCassandra(): Promise<CassandraStore> {
    const contactPoints = required('CASSANDRA_CONTACT_POINTS');
    const [{ connectCassandra }, { cassandraStore }] = await Promise.all([
      import('./cassandra-client.ts'),
      import('./cassandra-store.ts'),
    ]);
    return cassandraStore(
      await connectCassandra({
        ...{ contactPoints, namespace },
        ...(at.CASSANDRA_LOCAL_DC === undefined ? {} : { localDataCenter: at.CASSANDRA_LOCAL_DC }),
        ...(at.CASSANDRA_REPLICATION === undefined ? {} : { replication: at.CASSANDRA_REPLICATION }),
      }),
    );
  }

  const stores: Stores = {
    has(kind) {
      if (kind === 'postgres') return true;
      if (kind === 'redis') return at.REDIS_URL !== undefined;
      if (kind === 'cassandra') return at.CASSANDRA_CONTACT_POINTS !== undefined;
      return kind === 'redis+cassandra' && stores.has('redis') && stores.has('cassandra');
    },
    cassandra: () => once('cassandra', openCassandra),
    redis: () =>
      once('redis', async () => {
        const url = required('REDIS_URL');
        const { redisStore } = await import('./redis-store.ts');
        return redisStore({ url, namespace });
      }),
    inFront: () =>
      once('redis+cassandra', async () => {
        const url = required('REDIS_URL');
        const [{ redisFront }, { frontStore }] = await Promise.all([
          import('./redis-front.ts'),
          import('./front-store.ts'),
        ]);
        return frontStore(await openCassandra(), redisFront({ url, namespace }));
      }),
    async open(kind) {
      switch (kind) {
        case 'postgres':
          return postgresStore(uses);
        case 'cassandra':
          return stores.cassandra();
        case 'redis':
          return stores.redis();
        case 'redis+cassandra':
          return stores.inFront();
        case 'opensearch':
          throw new DomainError(
            'STORE_NOT_CONFIGURED',
            'unavailable',
            'OpenSearch is not a store of this build',
          );
        default:
          return kind satisfies never;
      }
    },
    async close() {
      await Promise.all(
        [...opened.values()].map(async (store) => (await store.catch(() => undefined))?.close()),
      );
    },
  };
  return stores;
}
