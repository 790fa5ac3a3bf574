import type { EventServiceConfig } from '@tradewind/service/config.ts';
import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import { grpcClient } from '@tradewind/service/grpc-client.ts';
import { loadPolicy } from '@tradewind/service/policy.ts';
import { serviceTokens } from '@tradewind/service/service-token.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import { registerApproveCancellation } from '#approve-cancellation/http.ts';
import { registerCancelOrder } from '#cancel-order/http.ts';
import { connectCarriers } from '#carriers/carriers.ts';
import type { Config } from '#config.ts';
import { registerDecideReturn } from '#decide-return/http.ts';
import { sagaTimers } from '#fulfilment/timers.ts';
import { registerFulfillOrder } from '#fulfill-order/http.ts';
import { registerGraphql } from '#graphql/subgraph.ts';
import { inventoryClient } from '#inventory-client.ts';
import { onPaymentCaptured } from '#on/payment-captured.ts';
import { onPaymentFailed } from '#on/payment-failed.ts';
import { approvalAbove } from '#order/money.ts';
import { registerPayOrder } from '#pay-order/http.ts';
import { paymentAdapter } from '#payments.ts';
import { registerPlaceOrder } from '#place-order/http.ts';
import { pricesClient } from '#prices-client.ts';
import { projections } from '#projections.ts';
import { registerReadLaterLife } from '#read-later-life/http.ts';
import { laterLifeQueries } from '#read-later-life/queries.ts';
import { customerOrders } from '#read-orders/customer-orders.ts';
import { registerReadOrders } from '#read-orders/http.ts';
import { orderQueries } from '#read-orders/queries.ts';
import { registerRefundOrder } from '#refund-order/http.ts';
import { registerReturnOrder } from '#return-order/http.ts';
import { registerShipOrder } from '#ship-order/http.ts';
import { shippingBook } from '#shipping-book.ts';
import { orderStore } from '#store.ts';
import { registerTrackShipment } from '#track-shipment/http.ts';

/** The order service, wired by hand. */
export async function build(
  config: Config & EventServiceConfig,
  foundation: Foundation,
): Promise<Component[]> {
  const service = await openEventService('order', config, foundation);
  const { app, db, systemDb, encoder, schemas, relay } = service;
  const decode = (value: Buffer) => schemas.decode(value);
  const token = serviceTokens({
    identityUrl: config.JWT_ISSUER,
    serviceKey: config.SERVICE_KEY,
    service: 'order',
  });
  const grpc = grpcClient({
    address: config.INVENTORY_GRPC_URL,
    token,
    unavailable: 'INVENTORY_UNAVAILABLE',
  });
  const inventory = inventoryClient(grpc);
  const pricingGrpc = grpcClient({
    address: config.PRICING_GRPC_URL,
    token,
    unavailable: 'PRICING_UNAVAILABLE',
  });
  const prices = pricesClient(pricingGrpc);
  const payments = paymentAdapter(config.PAYMENT_URL, token, foundation.log);
  const orders = orderStore(db, encoder, decode, () => relay.wake());
  const queries = orderQueries(db, decode);
  const policy = await loadPolicy(config.POLICY_FILE);
  const carriers = connectCarriers(config);
  const book = shippingBook(db, systemDb);
  const ship = { orders, carriers, book, shipFrom: config.CARRIER_SHIP_FROM };
  const pay = { orders, inventory, payments };

  registerPlaceOrder(app, { orders, prices, inventory, payWithinMs: config.TW_ORDER_TTL_MS });
  registerPayOrder(app, { ...pay, queries, waitMs: config.PAY_WAIT_MS });
  const needsApproval = approvalAbove(config.TW_APPROVAL_AMOUNT);
  const refunding = { orders, payments, policy, waitMs: config.PAY_WAIT_MS };
  registerCancelOrder(app, { ...refunding, needsApproval });
  registerApproveCancellation(app, refunding);
  registerFulfillOrder(app, orders);
  registerShipOrder(app, { ...ship, waitMs: config.PAY_WAIT_MS / 2 });
  registerTrackShipment(app, ship);
  registerReturnOrder(app, orders, policy);
  registerDecideReturn(app, refunding);
  registerRefundOrder(app, refunding);
  registerReadOrders(app, queries, customerOrders(db, service.stores));
  const laterLife = laterLifeQueries(db);
  registerReadLaterLife(app, laterLife, queries);
  registerGraphql(app, {
    ...{ queries, parts: { ...laterLife, history: queries.history } },
    introspection: config.TW_GRAPHQL_INTROSPECTION,
  });

  return eventServiceComponents('order', config, foundation, service, {
    reactions: [onPaymentCaptured, onPaymentFailed],
    deps: pay,
    projections,
    checks: [
      {
        name: 'inventory breaker',
        check: async () => ({ ok: inventory.breaker.state !== 1, detail: inventory.breaker.state }),
        optional: true,
      },
      {
        name: 'pricing breaker',
        check: async () => ({ ok: prices.breaker.state !== 1, detail: prices.breaker.state }),
        optional: true,
      },
    ],
    components: [
      closing('inventory client', async () => grpc.close()),
      closing('pricing client', async () => pricingGrpc.close()),
      closing('payment client', () => payments.close()),
      closing('carriers', () => carriers.close()),
      sagaTimers({ ...pay, ...ship }, { systemDb, leaseMs: config.SAGA_LEASE_MS, log: foundation.log }),
    ],
  });
}
