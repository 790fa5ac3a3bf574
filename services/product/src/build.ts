import { eventDefinitions } from '@tradewind/contracts/event.ts';
import { openProductCache } from '@tradewind/graphql/product-cache.ts';
import { productFeed } from '@tradewind/graphql/product-feed.ts';
import {
  type EventService,
  eventServiceComponents,
  openEventService,
} from '@tradewind/service/event-service.ts';
import { loadPolicy, type Policy } from '@tradewind/service/policy.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import { registerArchiveProduct } from '#archive-product/http.ts';
import { countCacheReads } from '#cache/cache-metrics.ts';
import { createInvalidationFeed } from '#cache/invalidation-feed.ts';
import { createNearCache } from '#cache/near-cache.ts';
import { createPageCache } from '#cache/page-cache.ts';
import { openSharedCache } from '#cache/shared-cache.ts';
import { registerCategories } from '#categories/http.ts';
import { registerChangePrice } from '#change-price/http.ts';
import { registerCollections } from '#collections/http.ts';
import type { Config } from '#config.ts';
import { registerCreateProduct } from '#create-product/http.ts';
import { findProduct } from '#get-product/find-product.ts';
import { registerGetProduct } from '#get-product/http.ts';
import { createProductReader } from '#get-product/read-through.ts';
import { registerGraphql } from '#graphql/subgraph.ts';
import { registerListProducts } from '#list-products/http.ts';
import { onPriceChanged } from '#on/price-changed.ts';
import { onProductArchived } from '#on/product-archived.ts';
import { onProductUpdated } from '#on/product-updated.ts';
import { registerPriceHistory } from '#price-history/http.ts';
import { projections } from '#projections.ts';
import { registerSearchProducts } from '#search-products/http.ts';
import { productSearch } from '#search-products/search.ts';
import { productStore } from '#store.ts';
import { registerTranslations } from '#translations/http.ts';
import { registerUpdateProduct } from '#update-product/http.ts';

/** An entry outlives its event by this much at most, should events stop coming. */
const NEAR_TTL_MS = 30_000;
const SHARED_TTL_MS = 120_000;
const PAGE_TTL_MS = 1_000;
const PAGE_SETTLE_MS = 300;
const SHARED_TIMEOUT_MS = 75;

/** The product service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log, crash } = foundation;
  const service = await openEventService('product', config, foundation);
  const { app, db } = service;
  const now = () => performance.now();

  const near = createNearCache({
    maxEntries: config.NEAR_CACHE_ENTRIES,
    ttlMs: NEAR_TTL_MS,
    floorTtlMs: SHARED_TTL_MS + NEAR_TTL_MS,
    now,
  });
  const pages = createPageCache({
    maxEntries: config.NEAR_CACHE_ENTRIES,
    ttlMs: PAGE_TTL_MS,
    settleMs: PAGE_SETTLE_MS,
    now,
  });
  const shared = openSharedCache({
    url: config.REDIS_URL,
    ttlMs: SHARED_TTL_MS,
    timeoutMs: SHARED_TIMEOUT_MS,
    log,
  });
  const graphqlCache = openProductCache({ url: config.REDIS_URL, part: 'product', log });
  const reader = createProductReader({
    near,
    shared,
    counts: countCacheReads(),
    nearIsFed: () => feed.fed,
    find: (storeId, id) => findProduct(db, storeId, id),
  });
  const feed = createInvalidationFeed({
    broker: service.broker,
    log,
    onProduct: (_, productId, version) => reader.invalidate(productId, version),
    onCatalogue: (storeId) => pages.changed(storeId),
    onCrash: crash,
  });

  registerWrites(service, await loadPolicy(config.POLICY_FILE));
  registerGetProduct(app, reader);
  registerListProducts(app, db, pages);
  registerSearchProducts(app, productSearch({ db, stores: service.stores, log }));
  registerPriceHistory(app, db);
  registerCategories(app, db);
  registerCollections(app, db);
  registerTranslations(app, db);
  registerGraphql(app, { db, cache: graphqlCache, introspection: config.TW_GRAPHQL_INTROSPECTION });

  const components = eventServiceComponents('product', config, foundation, service, {
    reactions: [onProductUpdated, onPriceChanged, onProductArchived],
    deps: { shared },
    projections,
    checks: [{ name: 'redis', check: () => shared.ping().then(() => ({ ok: true })), optional: true }],
    components: [
      closing('pages', async () => pages.close()),
      { name: 'invalidation feed', start: () => feed.start(), stop: () => feed.stop() },
      productFeed({
        ...{ broker: service.broker, cache: graphqlCache, log, onCrash: crash },
        group: 'product.graphql-cache',
        topic: eventDefinitions['ecommerce.product.product.updated.v1'].topic,
      }),
    ],
  });
  // Closed last: until then consumers invalidate it.
  return [
    closing('shared cache', () => shared.close()),
    closing('graphql cache', () => graphqlCache.close()),
    ...components,
  ];
}

function registerWrites({ app, db, encoder, relay }: EventService, policy: Policy): void {
  const store = productStore(db, encoder, () => relay.wake());
  registerCreateProduct(app, store);
  registerUpdateProduct(app, store);
  registerArchiveProduct(app, store);
  registerChangePrice(app, store, policy);
}
