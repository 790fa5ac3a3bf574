import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { fold } from '@tradewind/kernel/decider.ts';
import { markPaid, startPayment } from '#pay-order/decide.ts';
import { type PlaceOrder, placeOrder } from '#place-order/decide.ts';
import type { OrderEvent } from '#order/events.ts';
import { evolve, type MaybeOrder, type Order } from '#order/order.ts';

export const NOW = new Date('2026-11-21T08:00:00Z');
export const LATER = new Date('2026-11-21T08:15:00Z');

export const order: PlaceOrder = {
  orderId: 'ORDER-1',
  userId: 'USER-9',
  currency: 'USD',
  lines: [
    { productId: 'P1', sku: 'SKU-1', qty: 2, listPrice: 2_500n, price: 2_500n, total: 5_000n, rules: [] },
    { productId: 'P2', sku: 'SKU-2', qty: 1, listPrice: 7_950n, price: 7_950n, total: 7_950n, rules: [] },
  ],
  pricing: { discount: 0n, codes: [], rules: [] },
  reservationId: 'ORDER-1',
  now: NOW,
  payWithinMs: 15 * 60_000,
};
export const place = placeOrder(undefined, order);

/** The order after these events. */
export const given = (...events: OrderEvent[]): Order =>
  fold<MaybeOrder, OrderEvent>(evolve, undefined, events) as Order;

export const usd = (minor: bigint) => toDecimal(minor, 'USD');

/** Names of events, short. */
export const names = (events: readonly OrderEvent[]): string[] =>
  events.map(({ type }) => type.split('.')[3] ?? '');

/** Who asks, where it does not matter. */
export const rest = { actor: 'ADMIN-1', reason: null, now: NOW };

const captured = { paymentId: 'PAY-1', transactionId: 'T' };
const paying = (placed: readonly OrderEvent[]): OrderEvent[] => {
  const opened = [...placed, ...startPayment(given(...placed), 'PAY-1', NOW)];
  return [...opened, ...markPaid(given(...opened), captured, NOW)];
};
/** Events of an order that is paid: two P1 at 25.00 and one P2 at 79.50. */
export const pay = paying(place);

/** The same with a discount that leaves 10.00 for three P1 at 4.00, and 7.99 for two P2 at 4.50. */
export const payDiscounted = paying(
  placeOrder(undefined, {
    ...order,
    lines: [
      { productId: 'P1', sku: 'SKU-1', qty: 3, listPrice: 400n, price: 400n, total: 1_000n, rules: [] },
      { productId: 'P2', sku: 'SKU-2', qty: 2, listPrice: 450n, price: 450n, total: 799n, rules: [] },
    ],
    pricing: { discount: 301n, codes: ['SPRING'], rules: [] },
  }),
);

/** The events so far and those that a decision adds to them. */
export const following = (
  events: readonly OrderEvent[],
  decide: (order: Order) => readonly OrderEvent[],
): OrderEvent[] => [...events, ...decide(given(...events))];
