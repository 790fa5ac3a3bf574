import { countInvalidations, countReads, type ReadCounts } from '@tradewind/cache/cache-metrics.ts';
import {
  createEventFeed,
  type EventFeed,
  highestVersions,
  SHARED_LINGER_MS,
} from '@tradewind/cache/event-feed.ts';
import { createInvalidator } from '@tradewind/cache/invalidator.ts';
import { type CacheReads, createTaggedCache } from '@tradewind/cache/tagged-cache.ts';
import { type CopyReads, openVersionedCopies } from '@tradewind/cache/versioned-copies.ts';
import type { EventService } from '@tradewind/service/event-service.ts';
import type { HealthCheck } from '@tradewind/service/health.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import type { Config } from '#config.ts';
import { changesIn, followed } from './changes.ts';
import { GRAPH_TTL_MS, NEAR, PAGES, SHARED_TTL_MS } from './policies.ts';

/** A product as it is sent. */
export interface SentProduct {
  readonly etag: string;
  /** JSON text: node sends a string in one write with the headers, a buffer in two. */
  readonly body: string;
}

/** What readers get of the caches: nothing that could invalidate one. */
export interface Caches {
  readonly near: CacheReads<SentProduct>;
  readonly pages: CacheReads<string>;
  readonly shared: CopyReads;
  readonly graph: CopyReads;
  readonly productCounts: ReadCounts;
  readonly pageCounts: ReadCounts;
  /** Whether changes arrive in this process. */
  isFed(): boolean;
  readonly check: HealthCheck;
  /** Stopped last: until then consumers invalidate. */
  readonly connections: readonly Component[];
  readonly feeds: readonly Component[];
  readonly consumers: readonly EventFeed[];
}

/** Every cache of this service, and the consumers that alone invalidate them. */
export function openCaches(config: Config, service: EventService, { log, crash }: Foundation): Caches {
  const { broker, schemas } = service;
  const now = () => performance.now();
  const maxEntries = config.NEAR_CACHE_ENTRIES;
  const near = createTaggedCache<SentProduct>({ maxEntries, ttlMs: NEAR.ttlMs, now });
  const pages = createTaggedCache<string>({ maxEntries, ttlMs: PAGES.ttlMs, now });
  const copies = { url: config.REDIS_URL, part: 'product', log };
  const shared = openVersionedCopies({ ...copies, prefix: 'product:', ttlMs: SHARED_TTL_MS });
  const counts = countReads('gql_product');
  const graph = openVersionedCopies({ ...copies, prefix: 'gql:product:', ttlMs: GRAPH_TTL_MS, counts });

  const products = createInvalidator({
    ...{ ...NEAR, cache: near, log, now },
    counts: countInvalidations(NEAR.name),
  });
  const lists = createInvalidator({
    ...{ ...PAGES, cache: pages, log, now },
    counts: countInvalidations(PAGES.name),
  });
  const feeding = { broker, log, onCrash: crash };
  const feed = createEventFeed({
    ...{ ...feeding, group: 'product.near-cache', eachProcess: true, topics: followed },
    async onBatch(batch) {
      const told = await changesIn(batch, (value) => schemas.decode(value));
      for (const one of told.products) products.tell(one);
      for (const one of told.pages) lists.tell(one);
    },
  });
  const sharedFeed = createEventFeed({
    ...{ ...feeding, group: 'product.shared-caches', eachProcess: false, lingerMs: SHARED_LINGER_MS },
    topics: followed.slice(0, 1),
    async onBatch(batch) {
      const versions = highestVersions(batch);
      await Promise.all([shared, graph].map((one) => one.invalidate(versions)));
    },
  });
  return {
    ...{ near, pages, shared, graph },
    ...{ productCounts: countReads(NEAR.name), pageCounts: countReads(PAGES.name) },
    isFed: () => feed.fed,
    check: { name: 'redis', check: () => shared.ping().then(() => ({ ok: true })), optional: true },
    connections: [closing('shared cache', () => shared.close()), closing('graph cache', () => graph.close())],
    feeds: [
      closing('invalidators', async () => [products, lists].forEach((one) => one.close())),
      feed,
      sharedFeed,
    ],
    consumers: [feed, sharedFeed],
  };
}
