import { describe, expect, it } from 'vitest';
import { fulfillOrder } from '#fulfill-order/decide.ts';
import type { OrderEvent } from '#order/events.ts';
import { following, given, names, NOW, pay, payDiscounted, rest, usd } from '#order/order.fixture.ts';
import { completeRefund, failRefund, requestRefund } from '#refund-order/decide.ts';
import { requestReturn } from '#return-order/decide.ts';
import { deliverShipment, recordLabel, requestShipment } from '#ship-order/decide.ts';
import { approveReturn, rejectReturn } from './decide.ts';

const fulfilled = following(pay, (order) => fulfillOrder(order, { ...rest, items: undefined }));
const one = [{ productId: 'P1', qty: 1 }];
const all = [
  { productId: 'P1', qty: 2 },
  { productId: 'P2', qty: 1 },
];
const ask = (events: OrderEvent[], returnId: string, items = one) =>
  following(events, (order) => requestReturn(order, { ...rest, returnId, items }));
const approve = (events: OrderEvent[], returnId: string) =>
  following(events, (order) => approveReturn(order, { ...rest, returnId }));
const paidBack = (events: OrderEvent[], returnId: string) =>
  following(events, (order) =>
    completeRefund(order, { refundId: `return-${returnId}`, transactionId: 'T' }, NOW),
  );

describe('a return', () => {
  it('of a part pays that part back, and the order stays fulfilled', () => {
    const done = paidBack(approve(ask(fulfilled, 'A'), 'A'), 'A');
    expect(names(done).slice(-5)).toEqual([
      ...['return_requested', 'return_approved', 'refund_requested', 'refunded', 'returned'],
    ]);
    expect(given(...done)).toMatchObject({ status: 'FULFILLED', refunded: 2_500n });
    expect(given(...done).returns).toMatchObject([{ state: 'RETURNED', refundAmount: 2_500n }]);
    expect(approveReturn(given(...done), { ...rest, returnId: 'A' })).toEqual([]);
  });

  it('of everything, in parts, ends the order, and pays all of it to the cent', () => {
    const first = paidBack(approve(ask(fulfilled, 'A'), 'A'), 'A');
    const others = [
      { productId: 'P1', qty: 1 },
      { productId: 'P2', qty: 1 },
    ];
    const second = paidBack(approve(ask(first, 'B', others), 'B'), 'B');
    expect(given(...second)).toMatchObject({ status: 'RETURNED', refunded: 12_950n });
  });

  it('of a discounted order pays what its pieces cost after the discount, to the cent', () => {
    const discounted = following(payDiscounted, (order) =>
      fulfillOrder(order, { ...rest, items: undefined }),
    );
    const parts = [
      ['A', 'P1', 333n],
      ['B', 'P2', 399n],
      ['C', 'P1', 333n],
      ['D', 'P1', 334n],
      ['E', 'P2', 400n],
    ] as const;
    const done = parts.reduce(
      (events, [returnId, productId]) =>
        paidBack(approve(ask(events, returnId, [{ productId, qty: 1 }]), returnId), returnId),
      discounted,
    );
    const { status, refunded, total, returns } = given(...done);
    expect(returns.map(({ refundAmount }) => refundAmount)).toEqual(parts.map(([, , worth]) => worth));
    expect([status, refunded, total]).toEqual(['RETURNED', 1_799n, 1_799n]);
  });

  it('pays no more than the order has left', () => {
    const refunded = following(
      following(fulfilled, (order) => requestRefund(order, { ...rest, refundId: 'R', amount: 12_000n })),
      (order) => completeRefund(order, { refundId: 'R', transactionId: 'T' }, NOW),
    );
    const approved = approve(ask(refunded, 'A', all), 'A');
    expect(approved.at(-1)?.payload).toMatchObject({ amount: usd(950n) });
    const empty = following(
      following(fulfilled, (order) => requestRefund(order, { ...rest, refundId: 'R' })),
      (order) => completeRefund(order, { refundId: 'R', transactionId: 'T' }, NOW),
    );
    const free = approve(ask(empty, 'A', all), 'A');
    expect(names(free).slice(-2)).toEqual(['return_approved', 'returned']);
    expect(given(...free).status).toBe('RETURNED');
  });

  it('is approved once, and again when its refund was refused', () => {
    const approved = approve(ask(fulfilled, 'A'), 'A');
    expect(approve(approved, 'A')).toHaveLength(approved.length);
    const refused = following(approved, (order) =>
      failRefund(order, { refundId: 'return-A', code: '05' }, NOW),
    );
    const again = approve(refused, 'A');
    expect(names(again).slice(-1)).toEqual(['refund_requested']);
    expect(again.at(-1)?.payload).toMatchObject({ refundId: 'return-A-2', amount: usd(2_500n) });
  });

  it('is rejected once, after which its pieces may be asked for again', () => {
    const rejected = following(ask(fulfilled, 'A', all), (order) =>
      rejectReturn(order, { ...rest, returnId: 'A' }),
    );
    expect(rejectReturn(given(...rejected), { ...rest, returnId: 'A' })).toEqual([]);
    expect(() => approveReturn(given(...rejected), { ...rest, returnId: 'A' })).toThrow(
      expect.objectContaining({ code: 'RETURN_CLOSED' }),
    );
    expect(names(ask(rejected, 'B', all)).slice(-1)).toEqual(['return_requested']);
  });

  it('is of pieces that the customer has', () => {
    const refusal = expect.objectContaining({ code: 'NOT_TO_RETURN' });
    expect(() => ask(ask(fulfilled, 'A', all), 'B')).toThrow(refusal);
    const sent = following(fulfilled, (order) =>
      requestShipment(order, { ...rest, shipmentId: 'S', carrier: 'DHL', items: one }),
    );
    expect(() => ask(sent, 'A', all)).toThrow(refusal);
    const label = { shipmentId: 'S', trackingNumber: 'N', service: null, quote: null, labelUrl: null };
    const arrived = following(
      following(sent, (order) => recordLabel(order, label, NOW)),
      (order) => deliverShipment(order, 'S', NOW),
    );
    expect(names(ask(arrived, 'A', all)).slice(-1)).toEqual(['return_requested']);
    expect(() => ask(pay, 'A')).toThrow(expect.objectContaining({ code: 'ORDER_NOT_RETURNABLE' }));
  });

  it('is there', () => {
    expect(() => approveReturn(given(...fulfilled), { ...rest, returnId: 'A' })).toThrow(
      expect.objectContaining({ code: 'RETURN_NOT_FOUND' }),
    );
  });
});
