import { eventDefinitions } from '@tradewind/contracts/event.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Broker, Message, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import type { Log } from '@tradewind/outbox/logger.ts';

const PRODUCTS = eventDefinitions['ecommerce.product.product.updated.v1'].topic;
const STOCK = eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic;
const RETRY_MS = 1_000;

export interface InvalidationFeedOptions {
  readonly broker: Broker & Pick<BrokerLog, 'deleteGroup' | 'endOffsets' | 'setGroupOffsets'>;
  readonly log: Log;
  /** A product has this version now. */
  onProduct(storeId: string, productId: string, version: number): void;
  /** Something that the tenant's lists show has changed. */
  onCatalogue(storeId: string): void;
  onCrash(error: unknown): void;
}

/** Tells one process of every change, so that what it keeps at hand can go. */
export interface InvalidationFeed {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether changes are arriving. */
  readonly fed: boolean;
}

/**
 * Each process listens under a consumer group of its own, from now on: a group shared with other processes would tell
 * only one of them. Headers say all that is needed, so nothing is decoded (ADR 0013).
 */
export function createInvalidationFeed(options: InvalidationFeedOptions): InvalidationFeed {
  const { broker, log } = options;
  const group = `product.near-cache.${newId()}`;
  const topics = [PRODUCTS, STOCK];
  let subscription: Subscription | undefined;
  let stopped = false;

  async function onBatch(batch: readonly Message[]): Promise<void> {
    const tenants = new Set<string>();
    for (const { topic, key, headers } of batch) {
      const storeId = headers['storeId'];
      if (storeId === undefined) continue;
      tenants.add(storeId);
      if (topic === PRODUCTS)
        options.onProduct(storeId, key, Number(headers['aggregateVersion'] ?? Number.MAX_SAFE_INTEGER));
    }
    tenants.forEach((storeId) => options.onCatalogue(storeId));
  }

  async function listen(): Promise<void> {
    while (!stopped) {
      try {
        // Positions are set before anything is kept, so that no change between then and the first fetch is missed.
        for (const topic of topics)
          await broker.setGroupOffsets(group, topic, await broker.endOffsets(topic));
        subscription = await broker.subscribe({
          group,
          topics,
          onBatch,
          onCrash: options.onCrash,
        });
        return;
      } catch (error) {
        log.warn({ error: String(error) }, 'invalidations do not arrive yet; nothing is kept in the process');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  return {
    // A service answers without it, so nobody waits for the broker here.
    start: async () => void listen(),
    async stop() {
      stopped = true;
      await subscription?.stop();
      await broker.deleteGroup(group).catch((error: unknown) => {
        log.debug({ error: String(error), group }, 'the group was left to expire');
      });
    },
    get fed() {
      return subscription?.state === 'running';
    },
  };
}
