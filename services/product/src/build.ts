import {
  type EventService,
  eventServiceComponents,
  openEventService,
} from '@tradewind/service/event-service.ts';
import { loadPolicy, type Policy } from '@tradewind/service/policy.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import { registerArchiveProduct } from '#archive-product/http.ts';
import { openCaches } from '#cache/open-caches.ts';
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
import { listProducts } from '#list-products/query.ts';
import { createPageReader } from '#list-products/read-pages.ts';
import { registerPriceHistory } from '#price-history/http.ts';
import { projections } from '#projections.ts';
import { registerSearchProducts } from '#search-products/http.ts';
import { productSearch } from '#search-products/search.ts';
import { productStore } from '#store.ts';
import { registerTranslations } from '#translations/http.ts';
import { registerUpdateProduct } from '#update-product/http.ts';

/** The product service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const service = await openEventService('product', config, foundation);
  const { app, db } = service;
  const caches = openCaches(config, service, foundation);
  const { near, shared, pages } = caches;
  const reader = createProductReader({
    ...{ near, shared, counts: caches.productCounts, isFed: caches.isFed },
    find: (storeId, id) => findProduct(db, storeId, id),
  });
  const pageReader = createPageReader({
    ...{ pages, counts: caches.pageCounts },
    list: (storeId, query) => listProducts(db, storeId, query),
  });

  registerWrites(service, await loadPolicy(config.POLICY_FILE));
  registerGetProduct(app, reader);
  registerListProducts(app, pageReader);
  registerSearchProducts(app, productSearch({ db, stores: service.stores, log: foundation.log }));
  registerPriceHistory(app, db);
  registerCategories(app, db);
  registerCollections(app, db);
  registerTranslations(app, db);
  registerGraphql(app, { db, cache: caches.graph, introspection: config.TW_GRAPHQL_INTROSPECTION });

  const components = eventServiceComponents('product', config, foundation, service, {
    deps: {},
    projections,
    consumers: () => caches.consumers,
    checks: [caches.check],
    components: caches.feeds,
  });
  return [...caches.connections, ...components];
}

function registerWrites({ app, db, encoder, relay }: EventService, policy: Policy): void {
  const store = productStore(db, encoder, () => relay.wake());
  registerCreateProduct(app, store);
  registerUpdateProduct(app, store);
  registerArchiveProduct(app, store);
  registerChangePrice(app, store, policy);
}
