import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import { grpcClient } from '@tradewind/service/grpc-client.ts';
import { serviceTokens } from '@tradewind/service/service-token.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import { abandonSweep } from '#abandon-carts/sweep.ts';
import { type CartCopies, openCartCopies } from '#cart-copies.ts';
import { checkoutTimers } from '#checkout/timers.ts';
import type { Config } from '#config.ts';
import { registerGraphql } from '#graphql/subgraph.ts';
import { registerRoutes } from '#http.ts';
import { cartMetrics } from '#metrics.ts';
import { ordersClient } from '#orders-client.ts';
import { pricesClient } from '#prices-client.ts';
import { cartReader } from '#cart-reader.ts';
import { stockHints } from '#stock-hints.ts';
import { cartStore } from '#store.ts';

/** The cart service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log } = foundation;
  const service = await openEventService('cart', config, foundation);
  const { app, db, systemDb, encoder, relay } = service;
  const copies = openCartCopies({ url: config.REDIS_URL, log });
  const others = openOthers(config, foundation);
  const metrics = cartMetrics();
  const store = cartStore({ db, encoder, copies, onEvents: () => relay.wake() });
  const reader = cartReader({
    db,
    copies,
    prices: others.prices,
    hints: others.hints,
    onRead: (from) => metrics.read(from),
    onPrices: (status) => metrics.priced(status),
  });
  const checkout = { store, orders: others.orders, metrics };
  registerRoutes(app, { ...checkout, db, reader });
  registerGraphql(app, config.TW_GRAPHQL_INTROSPECTION);

  const components = eventServiceComponents('cart', config, foundation, service, {
    deps: {},
    checks: checksOf(copies, others),
    components: [
      ...others.components,
      checkoutTimers(checkout, { systemDb, leaseMs: config.CHECKOUT_LEASE_MS, log }),
      abandonSweep({ systemDb, store, metrics, idleMs: config.TW_CART_ABANDONED_MS, log }),
    ],
  });
  return [closing('copies', () => copies.close()), ...components];
}

/** The services that this one asks. */
function openOthers(config: Config, { log }: Foundation) {
  const token = serviceTokens({
    identityUrl: config.JWT_ISSUER,
    serviceKey: config.SERVICE_KEY,
    service: 'cart',
  });
  const client = (address: string, unavailable: string) => grpcClient({ address, token, unavailable });
  const pricing = client(config.PRICING_GRPC_URL, 'PRICING_UNAVAILABLE');
  const inventory = client(config.INVENTORY_GRPC_URL, 'INVENTORY_UNAVAILABLE');
  const orders = ordersClient(config.ORDER_URL, token, log);
  return {
    prices: pricesClient(pricing),
    hints: stockHints(inventory, log),
    orders,
    components: [
      closing('pricing client', async () => pricing.close()),
      closing('inventory client', async () => inventory.close()),
      closing('order client', () => orders.close()),
    ],
  };
}

function checksOf(copies: CartCopies, { prices, hints }: ReturnType<typeof openOthers>) {
  const breaker = (name: string, state: () => number) => ({
    name,
    check: async () => ({ ok: state() !== 1, detail: state() }),
    optional: true,
  });
  return [
    { name: 'redis', check: () => copies.ping().then(() => ({ ok: true })), optional: true },
    breaker('pricing breaker', () => prices.breaker.state),
    breaker('inventory breaker', () => hints.breaker.state),
  ];
}
