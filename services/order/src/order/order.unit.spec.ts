import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { cancelOrder, completeCancellation } from '#cancel-order/decide.ts';
import { expireOrder } from '#expire-order/decide.ts';
import { sagaOf } from '#fulfilment/saga.ts';
import { fulfillOrder } from '#fulfill-order/decide.ts';
import type { OrderEvent } from '#order/events.ts';
import { evolve, type MaybeOrder } from '#order/order.ts';
import { failPayment, markPaid, startPayment } from '#pay-order/decide.ts';
import { LATER, NOW, place } from './order.fixture.ts';

const closed = new Set(['CANCELED', 'EXPIRED', 'RETURNED']);
const payment = fc.constantFrom('PAY-1', 'PAY-2');
const at = fc.constantFrom(NOW, LATER);

type Decide = (order: MaybeOrder) => readonly OrderEvent[];

const command: fc.Arbitrary<Decide> = fc.oneof(
  fc.record({ id: payment, at }).map(
    ({ id, at: now }): Decide =>
      (order) =>
        startPayment(order, id, now),
  ),
  payment.map(
    (paymentId): Decide =>
      (order) =>
        markPaid(order, { paymentId, transactionId: 'T' }, NOW),
  ),
  payment.map(
    (paymentId): Decide =>
      (order) =>
        failPayment(order, { paymentId, code: 'DECLINED', reason: null }),
  ),
  fc.boolean().map(
    (may): Decide =>
      (order) =>
        cancelOrder(order, { actor: 'A', reason: null, now: NOW, mayCancel: () => may }),
  ),
  fc.constant<Decide>((order) => completeCancellation(order, { refundId: 'R', transactionId: null }, NOW)),
  at.map(
    (now): Decide =>
      (order) =>
        expireOrder(order, now),
  ),
  fc.constant<Decide>((order) => fulfillOrder(order, undefined, NOW)),
);

describe('an order under any sequence of commands', () => {
  it.prop([fc.array(command, { maxLength: 30 })])('keeps its rules', (commands) => {
    let order = evolve(undefined, place[0]!);
    let captures = 0;
    for (const decide of commands) {
      const before = order;
      let events: readonly OrderEvent[] = [];
      try {
        events = decide(order);
      } catch (error) {
        expect(isDomainError(error)).toBe(true);
      }
      for (const event of events) {
        order = evolve(order, event);
        expect(event.payload.status).toBe(order.status);
        if (event.type === 'ecommerce.order.order.paid.v1') captures++;
      }
      if (closed.has(before.status)) expect(order).toEqual(before);
      expect(order.refunded <= order.captured && order.captured <= order.total).toBe(true);
      expect(captures).toBeLessThanOrEqual(1);
      // A saga that waits for something is open exactly while the order can't rest.
      const resting = closed.has(order.status) || order.status === 'FULFILLED';
      const waits = sagaOf(order, NOW).timer !== undefined;
      expect(waits).toBe(!resting && (order.status !== 'PAID' || order.cancellation !== null));
    }
    if (order.status === 'CANCELED' && captures > 0) expect(order.refunded).toBe(order.captured);
  });

  it('refuses an event that does not fit', () => {
    const paid = evolve(undefined, place[0]!);
    expect(() => evolve(paid, place[0]!)).toThrow(expect.objectContaining({ code: 'ORDER_STREAM_BROKEN' }));
  });
});
