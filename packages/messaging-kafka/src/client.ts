import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Admin, type ISocketFactory, Kafka, type logCreator, logLevel } from 'kafkajs';
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
 * As kafkajs's own, without Nagle's delay: several small requests share a connection. kafkajs closes a dead socket again
 * at each retry, which leaves a listener each time; that is no leak worth a warning.
 */
const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket: Socket = ssl
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connect({ host, port }, onConnect);
  return socket.setKeepAlive(true, 60_000).setNoDelay(true).setMaxListeners(100);
};

/**
 * A client for one connection. Never shared: kafkajs keeps a cache of committed offsets per client and group, which two
 * consumers of one group would spoil for each other.
 */
export function createClient({ brokers, clientId, logCreator }: ClientOptions): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    socketFactory,
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

interface Connection {
  readonly admin: Admin;
  readonly connected: Promise<void>;
  users: number;
  discarded: boolean;
}

/**
 * An admin client connected at first use. After an error it is thrown away, once its other users have done, since
 * kafkajs may not recover it.
 */
export function adminConnection(options: ClientOptions): AdminConnection {
  let current: Connection | undefined;

  function open(): Connection {
    const admin = createClient(options).admin();
    return { admin, connected: admin.connect(), users: 0, discarded: false };
  }

  function disconnect({ admin }: Connection): void {
    admin
      .disconnect()
      .catch((error: unknown) => options.log.debug({ error: String(error) }, 'kafka admin discarded'));
  }

  return {
    async use(work) {
      const connection = (current ??= open());
      connection.users++;
      try {
        await connection.connected;
        return await work(connection.admin);
      } catch (error) {
        connection.discarded = true;
        if (current === connection) current = undefined;
        throw error;
      } finally {
        connection.users--;
        if (connection.discarded && connection.users === 0) disconnect(connection);
      }
    },
    async close() {
      const connection = current;
      current = undefined;
      await connection?.connected.then(() => connection.admin.disconnect());
    },
  };
}
