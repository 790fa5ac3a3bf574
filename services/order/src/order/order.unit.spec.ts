import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { approveCancellation, rejectCancellation } from '#approve-cancellation/decide.ts';
import { abandonCancellation, cancelOrder, completeCancellation } from '#cancel-order/decide.ts';
import { approveReturn, rejectReturn } from '#decide-return/decide.ts';
import { expireOrder } from '#expire-order/decide.ts';
import { sagaOf } from '#fulfilment/saga.ts';
import { fulfillOrder } from '#fulfill-order/decide.ts';
import type { OrderEvent } from '#order/events.ts';
import { refundable } from '#order/money.ts';
import { evolve, type MaybeOrder, type Order } from '#order/order.ts';
import { covers, sum } from '#order/parts.ts';
import { failPayment, markPaid, startPayment } from '#pay-order/decide.ts';
import { completeRefund, failRefund, requestRefund } from '#refund-order/decide.ts';
import { requestReturn } from '#return-order/decide.ts';
import { deliverShipment, failShipment, recordLabel, requestShipment } from '#ship-order/decide.ts';
import { LATER, NOW, place } from './order.fixture.ts';

const closed = new Set(['CANCELED', 'EXPIRED', 'RETURNED']);
const payment = fc.constantFrom('PAY-1', 'PAY-2');
const at = fc.constantFrom(NOW, LATER);
const id = fc.constantFrom('1', '2', '3');
const pieces = fc.array(
  fc.record({ productId: fc.constantFrom('P1', 'P2'), qty: fc.integer({ min: 1, max: 2 }) }),
  {
    minLength: 1,
    maxLength: 2,
  },
);
const rest = { actor: 'A', reason: null, now: NOW };

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
        cancelOrder(order, { ...rest, mayCancel: () => may, needsApproval: () => !may }),
  ),
  fc.constantFrom('A', 'B').map(
    (actor): Decide =>
      (order) =>
        approveCancellation(order, { ...rest, actor }),
  ),
  fc.constant<Decide>((order) => rejectCancellation(order, rest)),
  fc.constant<Decide>((order) => completeCancellation(order, { refundId: 'R', transactionId: null }, NOW)),
  fc.constant<Decide>((order) => abandonCancellation(order, { refundId: 'cancel-PAY-1', code: null }, NOW)),
  at.map(
    (now): Decide =>
      (order) =>
        expireOrder(order, now),
  ),
  fc.option(pieces, { nil: undefined }).map(
    (items): Decide =>
      (order) =>
        fulfillOrder(order, { ...rest, items }),
  ),
  fc.record({ id, items: fc.option(pieces, { nil: undefined }) }).map(
    ({ id: shipmentId, items }): Decide =>
      (order) =>
        requestShipment(order, { ...rest, shipmentId, carrier: 'DHL', items }),
  ),
  id.map(
    (shipmentId): Decide =>
      (order) =>
        recordLabel(
          order,
          { shipmentId, trackingNumber: 'N', service: null, quote: null, labelUrl: null },
          NOW,
        ),
  ),
  id.map(
    (shipmentId): Decide =>
      (order) =>
        failShipment(order, { shipmentId, code: 'NO', reason: null }, NOW),
  ),
  id.map(
    (shipmentId): Decide =>
      (order) =>
        deliverShipment(order, shipmentId, NOW),
  ),
  fc.record({ id, items: pieces }).map(
    ({ id: returnId, items }): Decide =>
      (order) =>
        requestReturn(order, { ...rest, returnId, items }),
  ),
  id.map(
    (returnId): Decide =>
      (order) =>
        approveReturn(order, { ...rest, returnId }),
  ),
  id.map(
    (returnId): Decide =>
      (order) =>
        rejectReturn(order, { ...rest, returnId }),
  ),
  fc.record({ id, amount: fc.bigInt({ min: -1n, max: 13_000n }) }).map(
    ({ id: refundId, amount }): Decide =>
      (order) =>
        requestRefund(order, { ...rest, refundId, amount }),
  ),
  fc
    .record({
      id: fc.oneof(
        id,
        id.map((returnId) => `return-${returnId}`),
      ),
      done: fc.boolean(),
    })
    .map(
      ({ id: refundId, done }): Decide =>
        (order) =>
          done
            ? completeRefund(order, { refundId, transactionId: null }, NOW)
            : failRefund(order, { refundId, code: null }, NOW),
    ),
);

/** An order that is paid, so that half of the runs begin where its later life does. */
const paid: Decide[] = [
  (order) => startPayment(order, 'PAY-1', NOW),
  (order) => markPaid(order, { paymentId: 'PAY-1', transactionId: 'T' }, NOW),
];
const commands = fc
  .tuple(fc.boolean(), fc.array(command, { maxLength: 30 }))
  .map(([isPaid, then]) => (isPaid ? [...paid, ...then] : then));

const moneyOf = ({ refunds }: Order, state: string): bigint =>
  refunds.filter((one) => one.state === state).reduce((total, { amount }) => total + amount, 0n);

/** Nothing is sent that was not picked, or picked that was not ordered, or taken back that was not handed over. */
function expectPieces(order: Order): void {
  const all = sum(order.lines);
  const picked = sum(...order.pickings.map(({ items }) => items));
  const kept = order.shipments.filter(({ state }) => state !== 'FAILED');
  const here = order.shipments.filter(({ state }) => state === 'REQUESTED' || state === 'SHIPPED');
  const back = order.returns.filter(({ state }) => state !== 'REJECTED').map(({ items }) => items);
  expect(covers(all, picked)).toBe(true);
  expect(covers(picked, sum(...kept.map(({ items }) => items)))).toBe(true);
  expect(covers(picked, sum(...here.map(({ items }) => items), ...back))).toBe(true);
  const returned = order.returns.filter(({ state }) => state === 'RETURNED').map(({ items }) => items);
  expect(order.status === 'RETURNED').toBe(covers(sum(...returned), all));
}

describe('an order under any sequence of commands', () => {
  it.prop([commands])('keeps its rules', (decisions) => {
    let order = evolve(undefined, place[0]!);
    let captures = 0;
    for (const decide of decisions) {
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
      // Only money that was promised before may still go back when the last piece has come back.
      if (before.status === 'RETURNED') expect(order.status).toBe('RETURNED');
      else if (closed.has(before.status)) expect(order).toEqual(before);
      expect(order.refunded <= order.captured && order.captured <= order.total).toBe(true);
      expect(refundable(order)).toBeGreaterThanOrEqual(0n);
      expect(moneyOf(order, 'REFUNDED')).toBe(order.refunded);
      expectPieces(order);
      expect(captures).toBeLessThanOrEqual(1);
      // A saga that waits for something is open exactly while the order can't rest.
      const resting = closed.has(order.status) || order.status === 'FULFILLED';
      const waits = sagaOf(order, NOW).timer !== undefined;
      const carriedOn = order.status !== 'PAID' || order.cancellation?.awaitsApproval === false;
      expect(waits).toBe(!resting && carriedOn);
    }
    if (order.status === 'CANCELED' && captures > 0) expect(order.refunded).toBe(order.captured);
  });

  it('refuses an event that does not fit', () => {
    const paid = evolve(undefined, place[0]!);
    expect(() => evolve(paid, place[0]!)).toThrow(expect.objectContaining({ code: 'ORDER_STREAM_BROKEN' }));
  });
});
