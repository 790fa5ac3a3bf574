import { type Admin, Kafka, type logCreator, logLevel } from 'kafkajs';
import type { Logger } from './logger.ts';

export interface ClientOptions {
  /** host:port of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  /** Shown in the brokers' logs and quotas: the service's name. */
  readonly clientId: string;
  readonly log: Logger;
  /** The same log for kafkajs; one for all clients of a broker, since it limits repetitions. */
  readonly logCreator: logCreator;
}

export const REQUEST_TIMEOUT_MS = 10_000;

/**
 * A client for one connection. Never shared: kafkajs keeps a cache of committed offsets per client and group, which two
 * consumers of one group would spoil for each other.
 */
export function createClient({ brokers, clientId, logCreator }: ClientOptions): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3_000,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    logLevel: logLevel.INFO,
    logCreator,
  });
}

export interface AdminConnection {
  use<T>(work: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** An admin client connected at first use; after an error it is thrown away, since kafkajs may not recover it. */
export function adminConnection(options: ClientOptions): AdminConnection {
  let current: Promise<Admin> | undefined;

  async function open(): Promise<Admin> {
    const admin = createClient(options).admin();
    await admin.connect();
    return admin;
  }

  function discard(connection: Promise<Admin>): void {
    if (current === connection) current = undefined;
    connection
      .then((admin) => admin.disconnect())
      .catch((error: unknown) => options.log.debug({ error: String(error) }, 'kafka admin discarded'));
  }

  return {
    async use(work) {
      const connection = (current ??= open());
      try {
        return await work(await connection);
      } catch (error) {
        discard(connection);
        throw error;
      }
    },
    async close() {
      const connection = current;
      current = undefined;
      await connection?.then((admin) => admin.disconnect());
    },
  };
}
