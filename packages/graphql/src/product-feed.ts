import type { Broker, Message, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import type { Component } from '@tradewind/service/start.ts';
import type { ProductCache } from './product-cache.ts';

export interface ProductFeedOptions {
  readonly broker: Broker;
  /** Consumer group: the processes of a service share it, as they share Redis. */
  readonly group: string;
  /** Its keys are product ids. */
  readonly topic: string;
  readonly cache: Pick<ProductCache, 'invalidate'>;
  readonly log: Log;
  onCrash(error: unknown): void;
}

const RETRY_MS = 1_000;
/** Of the 30 s that an entry may live, this is nothing; of the fetches that a busy topic costs, it saves most. */
const LINGER_MS = 200;

/**
 * Takes products out of `gql:product:{id}` when their events arrive. Headers and keys say all that is needed, so nothing
 * is decoded. It starts at the end of the topic: nothing in the cache is older than half a minute.
 */
export function productFeed(options: ProductFeedOptions): Component {
  const { broker, group, topic, cache, log, onCrash } = options;
  let subscription: Subscription | undefined;
  let stopped = false;

  async function onBatch(batch: readonly Message[]): Promise<void> {
    const versions = new Map<string, number>();
    for (const { key, headers } of batch) {
      const version = Number(headers['aggregateVersion'] ?? Number.MAX_SAFE_INTEGER);
      versions.set(key, Math.max(version, versions.get(key) ?? 0));
    }
    await cache.invalidate(versions);
  }

  async function listen(): Promise<void> {
    while (!stopped) {
      try {
        subscription = await broker.subscribe({
          group,
          topics: [topic],
          onBatch,
          fromBeginning: false,
          lingerMs: LINGER_MS,
          onCrash,
        });
        return;
      } catch (error) {
        log.warn({ error: String(error), group }, 'invalidations do not arrive yet');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  return {
    name: 'product feed',
    // A service answers without it.
    start: async () => void listen(),
    async stop() {
      stopped = true;
      await subscription?.stop();
    },
  };
}
