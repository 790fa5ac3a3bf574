import type { Log } from '@tradewind/outbox/logger.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import { Redis } from 'ioredis';
import type { LiveFigures } from './figures.ts';

/** Channel on which a tenant's figures are told, as `{storeId, ...figures}`; the last ones stand under the key below. */
export const LIVE_CHANNEL = 'analytics:live';
export const liveKey = (storeId: string): string => `${LIVE_CHANNEL}:${storeId}`;

export interface LivePublisher extends Periodic {
  /** The windows of these tenants have changed. */
  changed(tenants: readonly string[]): void;
}

/** Figures are read and told at most this often, however many events come. */
const EVERY_MS = 100;
const KEPT_SECONDS = 86_400;
const TIMEOUT_MS = 1_000;

/**
 * Tells dashboards what the windows say. Nothing is lost without Redis: a message holds all figures, so the next one that
 * gets through is right.
 */
export function livePublisher(options: {
  readonly redisUrl: string;
  readonly read: (storeId: string) => Promise<LiveFigures>;
  readonly log: Log;
}): LivePublisher {
  const { read, log } = options;
  const redis = new Redis(options.redisUrl, {
    ...{ connectionName: 'analytics:live', commandTimeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS },
    ...{ enableOfflineQueue: false, maxRetriesPerRequest: 0, lazyConnect: true },
    retryStrategy: (attempt) => Math.min(attempt * 100, 1_000),
  });
  redis.on('error', (error: Error) => log.debug({ error: String(error) }, 'Redis is away'));
  const waiting = new Set<string>();

  async function tell(storeId: string): Promise<void> {
    const text = JSON.stringify({ storeId, ...(await read(storeId)) });
    await redis.multi().set(liveKey(storeId), text, 'EX', KEPT_SECONDS).publish(LIVE_CHANNEL, text).exec();
  }

  const rounds = periodically({
    ...{ name: 'live figures', everyMs: EVERY_MS, log },
    async round(stopping) {
      if (redis.status !== 'ready') return;
      for (const storeId of [...waiting]) {
        if (stopping()) return;
        waiting.delete(storeId);
        await tell(storeId).catch((error: unknown) => {
          waiting.add(storeId);
          log.debug({ error: String(error), storeId }, 'figures could not be told; they will be');
        });
      }
    },
  });

  return {
    ...rounds,
    changed(tenants) {
      for (const storeId of tenants) waiting.add(storeId);
    },
    async start() {
      // Reconnects by itself; a service without Redis counts all the same.
      redis.connect().catch(() => undefined);
      await rounds.start();
    },
    async stop() {
      await rounds.stop();
      redis.disconnect();
    },
  };
}
