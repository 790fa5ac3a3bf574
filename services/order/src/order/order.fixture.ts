import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { fold } from '@tradewind/kernel/decider.ts';
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
