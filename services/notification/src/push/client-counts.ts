import { newId } from '@tradewind/kernel/ids.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { connect } from './change-stream.ts';
import type { Connections, Kind } from './connections.ts';

export type Counts = Readonly<Record<Kind, number>>;

/** How many clients a tenant has at all instances. Each tells its own number through Redis, and is forgotten when it stops. */
export interface ClientCounts {
  /** Of all instances; of this one alone while Redis is away. */
  of(storeId: string): Promise<Counts>;
  tell(): Promise<void>;
  close(): Promise<void>;
}

const KEY = 'push:clients';
const FORGOTTEN_MS = 10_000;
const TIMEOUT_MS = 500;

interface Told {
  readonly at: number;
  readonly counts: Readonly<Record<string, Counts>>;
}

export function clientCounts(options: {
  readonly url: string;
  readonly connections: Pick<Connections, 'counts'>;
  readonly log: Log;
}): ClientCounts {
  const { url, connections, log } = options;
  const redis = connect(url, { commandTimeout: TIMEOUT_MS, name: 'notification:counts' }, log);
  const instance = newId();
  const own = (storeId: string): Counts => connections.counts().get(storeId) ?? { ws: 0, sse: 0 };

  async function others(): Promise<Told[]> {
    const told = Object.entries(await redis.hgetall(KEY)).filter(([name]) => name !== instance);
    const parsed = told.map(([name, text]) => ({ name, ...(JSON.parse(text) as Told) }));
    const gone = parsed.filter(({ at }) => at < Date.now() - FORGOTTEN_MS);
    if (gone.length > 0) await redis.hdel(KEY, ...gone.map(({ name }) => name));
    return parsed.filter((one) => !gone.includes(one));
  }

  return {
    async of(storeId) {
      const told = await others().catch(() => []);
      const all = [own(storeId), ...told.flatMap(({ counts }) => counts[storeId] ?? [])];
      return {
        ws: all.reduce((sum, { ws }) => sum + ws, 0),
        sse: all.reduce((sum, { sse }) => sum + sse, 0),
      };
    },
    async tell() {
      const told: Told = { at: Date.now(), counts: Object.fromEntries(connections.counts()) };
      // Shown figures only: the next round tells them again.
      await redis.hset(KEY, instance, JSON.stringify(told)).catch(() => undefined);
    },
    async close() {
      await redis.hdel(KEY, instance).catch(() => undefined);
      redis.disconnect();
    },
  };
}
