import { DomainError } from '@tradewind/kernel/errors.ts';
import { auth, Client, type DseClientOptions, errors, types } from 'cassandra-driver';

export interface CassandraOptions {
  /** host:port, several with commas. */
  readonly contactPoints: string;
  readonly localDataCenter?: string;
  /** Keeps services that share a cluster apart: its keyspace. */
  readonly namespace: string;
  /** Copies of each row. */
  readonly replication?: number;
  readonly credentials?: { readonly username: string; readonly password: string };
}

const identifier = /^[a-z][a-z0-9_]{0,40}$/;
const TIMEOUT_MS = 5_000;

/** A session in a keyspace that is there. Reads and writes agree on a majority of each row's copies. */
export async function connectCassandra(options: CassandraOptions): Promise<Client> {
  const keyspace = options.namespace.replaceAll('-', '_');
  if (!identifier.test(keyspace)) throw new Error(`bad keyspace ${keyspace}`);
  const dataCenter = options.localDataCenter ?? 'datacenter1';
  const common: DseClientOptions = {
    contactPoints: options.contactPoints.split(','),
    localDataCenter: dataCenter,
    ...(options.credentials
      ? {
          authProvider: new auth.PlainTextAuthProvider(
            options.credentials.username,
            options.credentials.password,
          ),
        }
      : {}),
    queryOptions: { consistency: types.consistencies.localQuorum, prepare: true, isIdempotent: true },
    socketOptions: { connectTimeout: TIMEOUT_MS, readTimeout: TIMEOUT_MS },
  };
  const inside = () => connected(new Client({ ...common, keyspace }));
  try {
    return await inside();
  } catch (error) {
    if (!keyspaceIsMissing(error)) throw error;
  }
  const outside = await connected(new Client(common));
  try {
    await outside.execute(
      `create keyspace if not exists "${keyspace}" with replication =
         {'class': 'NetworkTopologyStrategy', '${dataCenter}': ${Number(options.replication ?? 1)}}`,
      [],
      { prepare: false, readTimeout: 12 * TIMEOUT_MS },
    );
  } catch (error) {
    throw unavailable(error);
  } finally {
    await outside.shutdown();
  }
  return inside();
}

function keyspaceIsMissing(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  const all: readonly unknown[] =
    cause instanceof errors.NoHostAvailableError ? Object.values(cause.innerErrors as object) : [error];
  return all.some((one) => one instanceof errors.ResponseError && one.code === codes.invalid);
}

async function connected(client: Client): Promise<Client> {
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.shutdown().catch(() => undefined);
    throw unavailable(error);
  }
}

/** "The cluster does not answer" as an error to try again after; anything else passes through. */
export function unavailable(error: unknown): unknown {
  const away =
    error instanceof errors.NoHostAvailableError ||
    error instanceof errors.OperationTimedOutError ||
    error instanceof errors.BusyConnectionError ||
    (error instanceof errors.ResponseError && transient.has(error.code));
  if (!away) return error;
  return new DomainError('CASSANDRA_UNAVAILABLE', 'unavailable', 'Cassandra does not answer', {
    cause: error,
    retryAfter: 1,
  });
}

const { responseErrorCodes: codes } = types;
const transient = new Set<number>([
  ...[codes.serverError, codes.overloaded, codes.isBootstrapping, codes.unavailableException],
  ...[codes.readTimeout, codes.writeTimeout, codes.readFailure, codes.writeFailure],
]);
