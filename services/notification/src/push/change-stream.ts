import { Redis } from 'ioredis';
import type { Log } from '@tradewind/outbox/logger.ts';
import type { StatusChange } from './status-change.ts';

/** What instances tell each other: a change of an order, or that the flash sales of a tenant have news. */
export type Hint =
  | {
      readonly storeId: string;
      readonly orderId: string;
      readonly userId: string;
      readonly change: StatusChange;
    }
  | { readonly storeId: string; readonly flashSales: true };

/** A hint with its place in the stream: `<ms>-<n>`, increasing. */
export interface Entry {
  readonly id: string;
  readonly hint: Hint;
}

/** The stream in Redis through which every instance hears of every change. All of it may vanish at any time. */
export interface ChangeStream {
  /** Appends in order. Rejects while Redis is away; some may be there all the same. */
  append(hints: readonly Hint[]): Promise<void>;
  /** Entries after an id, oldest first; undefined where that id is not, or no longer, in the stream. */
  after(id: string, limit: number): Promise<readonly Entry[] | undefined>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 2_000;
const RETRY_MS = 1_000;

/** A connection that says at once when the server is away, and tries to reach it again each second. */
export function connect(url: string, options: { commandTimeout: number; name: string }, log: Log): Redis {
  const redis = new Redis(url, {
    connectionName: options.name,
    commandTimeout: options.commandTimeout,
    connectTimeout: TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, RETRY_MS),
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) log.warn({ error: String(error), connection: options.name }, 'Redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info({ connection: options.name }, 'Redis is back');
    away = false;
  });
  return redis;
}

/** Appends and looks up. Following the stream is for stream-follower.ts, as it blocks its connection. */
export function openChangeStream(options: {
  url: string;
  key: string;
  maxChanges: number;
  log: Log;
}): ChangeStream {
  const { url, key, maxChanges, log } = options;
  const redis = connect(url, { commandTimeout: TIMEOUT_MS, name: 'notification:changes' }, log);
  return {
    async append(hints) {
      if (hints.length === 0) return;
      const pipeline = redis.pipeline();
      for (const hint of hints)
        pipeline.xadd(key, 'MAXLEN', '~', maxChanges, '*', 'hint', JSON.stringify(hint));
      const failed = (await pipeline.exec())?.find(([error]) => error !== null)?.[0];
      if (failed) throw failed;
    },
    async after(id, limit) {
      const [known, found] = await Promise.all([
        redis.xrange(key, id, id, 'COUNT', 1),
        redis.xrange(key, `(${id}`, '+', 'COUNT', limit),
      ]);
      return known.length === 0 ? undefined : entriesOf(found);
    },
    ping: async () => void (await redis.ping()),
    close: async () => redis.disconnect(),
  };
}

export const entriesOf = (found: readonly [id: string, fields: string[]][]): Entry[] =>
  found.map(([id, [, text = '']]) => ({ id, hint: JSON.parse(text) as Hint }));

const ID = /^(\d{1,15})-(\d{1,15})$/;

export const isEntryId = (id: string): boolean => ID.test(id);

/** Negative, zero or positive, as by every comparison. */
export function compareIds(a: string, b: string): number {
  const [, aMs, aAt] = ID.exec(a) ?? [];
  const [, bMs, bAt] = ID.exec(b) ?? [];
  return Number(aMs) - Number(bMs) || Number(aAt) - Number(bAt);
}
