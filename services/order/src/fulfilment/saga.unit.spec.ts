import { describe, expect, it } from 'vitest';
import { fulfillOrder } from '#fulfill-order/decide.ts';
import type { OrderEvent } from '#order/events.ts';
import { evolve, type Order } from '#order/order.ts';
import { following, given, NOW, pay, rest } from '#order/order.fixture.ts';
import { completeRefund, requestRefund } from '#refund-order/decide.ts';
import { recordLabel, requestShipment } from '#ship-order/decide.ts';
import { sagasOf, SHIP_WITHIN_MS } from './saga.ts';

const label = { shipmentId: 'S', trackingNumber: 'N', service: null, quote: null, labelUrl: null };
/** The order after a decision, folded as the store does: parts that it left alone are the same objects. */
const change = (order: Order, decide: (order: Order) => readonly OrderEvent[]): Order =>
  decide(order).reduce<Order>(evolve, order);
const fulfilled = given(...following(pay, (order) => fulfillOrder(order, { ...rest, items: undefined })));
const shipping = change(fulfilled, (order) =>
  requestShipment(order, { ...rest, shipmentId: 'S', carrier: 'DHL', items: undefined }),
);

const moved = (before: Order, after: Order) =>
  sagasOf(before, after, NOW).map(({ sagaId, step, timer }) => [sagaId, step, timer?.kind]);

describe('the sagas of an order', () => {
  it('are its own and one for each shipment and refund, moved on by what changes them', () => {
    const own = ['ORDER-1', 'fulfilled', undefined];
    expect(moved(fulfilled, shipping)).toEqual([own, ['S', 'shipping', 'ship']]);
    const both = change(shipping, (order) => requestRefund(order, { ...rest, refundId: 'R', amount: 100n }));
    expect(moved(shipping, both)).toEqual([own, ['R', 'refunding', 'refund']]);
    const shipped = change(both, (order) => recordLabel(order, label, NOW));
    expect(moved(both, shipped)).toEqual([own, ['S', 'tracking', 'track']]);
    const paidBack = change(shipped, (order) =>
      completeRefund(order, { refundId: 'R', transactionId: 'T' }, NOW),
    );
    expect(moved(shipped, paidBack)).toEqual([own, ['R', 'refunded', undefined]]);
  });

  it('let a shipment wait for its carrier for a day', () => {
    const [, shipment] = sagasOf(fulfilled, shipping, NOW);
    expect(shipment?.deadline).toEqual(new Date(NOW.getTime() + SHIP_WITHIN_MS));
  });
});
