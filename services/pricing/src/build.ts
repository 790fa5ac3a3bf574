import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import type { Config } from '#config.ts';
import { registerCurrencyRates } from '#currency-rates/http.ts';
import { currencyRateKind } from '#currency-rates/rate.ts';
import { discountCodeKind } from '#discount-codes/code.ts';
import { registerDiscountCodes } from '#discount-codes/http.ts';
import { openFlashMap } from '#flash-map/flash-map.ts';
import { registerFlashPrices } from '#flash-map/http.ts';
import { productFollower } from '#flash-map/follow-product.ts';
import { flashMapRefill } from '#flash-map/refill.ts';
import { registerFlashSales } from '#flash-sales/http.ts';
import { saleScheduler } from '#flash-sales/scheduler.ts';
import { flashSales } from '#flash-sales/store.ts';
import { registerGraphql } from '#graphql/subgraph.ts';
import { pricingGrpc } from '#grpc.ts';
import { lapsedCodes } from '#hold-codes/lapse.ts';
import { orderCodes } from '#hold-codes/order-codes.ts';
import { pricingMetrics } from '#metrics.ts';
import { onFlashSaleChanged } from '#on/flash-sale-changed.ts';
import { onFlashSaleEnded } from '#on/flash-sale-ended.ts';
import { onFlashSaleStarted } from '#on/flash-sale-started.ts';
import { onOrderCanceled } from '#on/order-canceled.ts';
import { onOrderCreated } from '#on/order-created.ts';
import { onOrderExpired } from '#on/order-expired.ts';
import { onOrderPaid } from '#on/order-paid.ts';
import { onPriceChanged } from '#on/price-changed.ts';
import { onProductArchived } from '#on/product-archived.ts';
import { registerPriceLists } from '#price-lists/http.ts';
import { priceListKind } from '#price-lists/price-list.ts';
import { projections } from '#projections.ts';
import { registerPromotions } from '#promotions/http.ts';
import { promotionKind } from '#promotions/promotion.ts';
import { registerResolvePrices } from '#resolve-prices/http.ts';
import { resolver } from '#resolve-prices/resolver.ts';
import { ruleCache } from '#rules/compiled-rules.ts';
import { ruleStore } from '#rules/rule-store.ts';

const REDIS_TIMEOUT_MS = 75;
const orderReactions = [onOrderCreated, onOrderPaid, onOrderCanceled, onOrderExpired];
const mapReactions = [
  ...[onFlashSaleStarted, onFlashSaleChanged, onFlashSaleEnded],
  ...[onPriceChanged, onProductArchived],
];

/** The pricing service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log } = foundation;
  const service = await openEventService('pricing', config, foundation);
  const { app, db, systemDb, encoder, tokens } = service;
  const metrics = pricingMetrics();
  const map = openFlashMap({ url: config.REDIS_URL, timeoutMs: REDIS_TIMEOUT_MS, log });
  const codes = orderCodes(db);
  const onCommit = () => service.relay.wake();
  const sales = flashSales(db, encoder, onCommit);
  const rules = { db, encoder, onCommit };
  const deps = { resolve: resolver(db, ruleCache(metrics.rules)), metrics, codes };

  registerGraphql(app, { ...deps, introspection: config.TW_GRAPHQL_INTROSPECTION });
  registerResolvePrices(app, deps);
  registerFlashPrices(app, { map, db });
  registerFlashSales(app, sales);
  registerPromotions(app, ruleStore(rules, promotionKind));
  registerDiscountCodes(app, ruleStore(rules, discountCodeKind));
  registerPriceLists(app, ruleStore(rules, priceListKind));
  registerCurrencyRates(app, ruleStore(rules, currencyRateKind));

  const components = eventServiceComponents('pricing', config, foundation, service, {
    reactions: [...orderReactions, ...mapReactions],
    // Sales are in the map within a second all the same, and nobody waits for a code to be booked.
    lingerMs: 100,
    deps: { codes, map, products: productFollower({ map, db }) },
    projections,
    checks: [{ name: 'redis', check: () => map.ping().then(() => ({ ok: true })), optional: true }],
    components: [
      pricingGrpc(deps, { host: config.HOST, port: config.GRPC_PORT, tokens, log }),
      lapsedCodes({ db, systemDb, log }),
      saleScheduler({ sales, systemDb, metrics, log }),
      flashMapRefill({ map, systemDb, log }),
    ],
  });
  // Closed last: until then consumers write to it.
  return [closing('flash map', () => map.close()), ...components];
}
