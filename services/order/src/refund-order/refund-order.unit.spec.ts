import { describe, expect, it } from 'vitest';
import { cancelOrder } from '#cancel-order/decide.ts';
import { fulfillOrder } from '#fulfill-order/decide.ts';
import { given, names, NOW, pay, payDiscounted, place, rest, following, usd } from '#order/order.fixture.ts';
import { refundable } from '#order/money.ts';
import { completeRefund, failRefund, requestRefund } from './decide.ts';

const refund = (refundId: string, amount?: bigint) => ({ ...rest, refundId, amount });
const paid = given(...pay);

describe('paying back', () => {
  it.each([
    ['an amount', { amount: 1_000n }, 1_000n],
    ['the worth of pieces', { items: [{ productId: 'P1', qty: 1 }] }, 2_500n],
    ['all that is left', {}, 12_950n],
  ])('%s', (_, what, amount) => {
    const [event] = requestRefund(paid, { ...refund('R1'), ...what });
    expect(event?.payload).toMatchObject({ refundId: 'R1', amount: usd(amount), status: 'PAID' });
  });

  it.each([
    ['a piece', [{ productId: 'P1', qty: 1 }], 333n],
    ['a line', [{ productId: 'P1', qty: 3 }], 1_000n],
    [
      'pieces of two lines',
      [
        { productId: 'P1', qty: 2 },
        { productId: 'P2', qty: 1 },
      ],
      1_065n,
    ],
  ])('what %s of a discounted order cost after the discount', (_, items, amount) => {
    const [event] = requestRefund(given(...payDiscounted), { ...refund('R1'), items });
    expect(event?.payload).toMatchObject({ amount: usd(amount) });
  });

  it('promises nothing twice, and gives a refused promise free again', () => {
    const promised = following(pay, (order) => requestRefund(order, refund('R1', 10_000n)));
    expect(refundable(given(...promised))).toBe(2_950n);
    expect(requestRefund(given(...promised), refund('R1', 10_000n))).toEqual([]);
    expect(() => requestRefund(given(...promised), refund('R2', 2_951n))).toThrow(
      expect.objectContaining({ code: 'REFUND_EXCEEDS_CAPTURE' }),
    );
    const refused = following(promised, (order) => failRefund(order, { refundId: 'R1', code: '05' }, NOW));
    expect(refundable(given(...refused))).toBe(12_950n);
    expect(completeRefund(given(...refused), { refundId: 'R1', transactionId: 'T' }, NOW)).toEqual([]);
  });

  it('is recorded once, and adds up', () => {
    const done = ['R1', 'R2'].reduce(
      (events, refundId) =>
        following(
          following(events, (order) => requestRefund(order, refund(refundId, 3_000n))),
          (order) => completeRefund(order, { refundId, transactionId: `T-${refundId}` }, NOW),
        ),
      pay,
    );
    expect(given(...done)).toMatchObject({ status: 'PAID', refunded: 6_000n });
    expect(completeRefund(given(...done), { refundId: 'R1', transactionId: 'T' }, NOW)).toEqual([]);
    expect(done.at(-1)?.payload).toMatchObject({
      ...{ amount: usd(3_000n), refundedTotal: usd(6_000n) },
      requestedBy: rest.actor,
    });
  });

  it.each([
    ['INVALID_AMOUNT', { amount: 0n }],
    ['INVALID_AMOUNT', { amount: -1n }],
    ['NOT_ORDERED', { items: [{ productId: 'P2', qty: 2 }] }],
    ['REFUND_EXCEEDS_CAPTURE', { amount: 12_951n }],
  ])('is refused: %s', (code, what) => {
    expect(() => requestRefund(paid, { ...refund('R1'), ...what })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('tells amounts as they were sent, and has a word of its own for nothing', () => {
    expect(() => requestRefund(paid, refund('R1', 999_900n))).toThrow(
      expect.objectContaining({ details: { left: '129.50', asked: '9999.00', currency: 'USD' } }),
    );
    const all = following(pay, (order) => requestRefund(order, refund('R1')));
    expect(() => requestRefund(given(...all), refund('R2'))).toThrow(
      expect.objectContaining({ code: 'NOTHING_TO_REFUND', message: 'nothing is left to refund' }),
    );
    expect(() => requestRefund(given(...all), refund('R2', 1n))).toThrow(
      expect.objectContaining({ details: { left: '0.00', asked: '0.01', currency: 'USD' } }),
    );
  });

  it('waits for the end of a cancellation that was asked for', () => {
    const rules = { mayCancel: () => true, needsApproval: () => true };
    const canceling = following(pay, (order) => cancelOrder(order, { ...rest, ...rules }));
    expect(() => requestRefund(given(...canceling), refund('R1'))).toThrow(
      expect.objectContaining({
        code: 'CANCELLATION_PENDING',
        details: expect.objectContaining({ awaitsApproval: true }),
      }),
    );
  });

  it('needs money that is there, and an order that is not being canceled', () => {
    expect(() => requestRefund(given(...place), refund('R1'))).toThrow(
      expect.objectContaining({ code: 'ORDER_NOT_REFUNDABLE' }),
    );
    const fulfilled = following(pay, (order) => fulfillOrder(order, { ...rest, items: undefined }));
    expect(names(requestRefund(given(...fulfilled), refund('R1')))).toEqual(['refund_requested']);
  });
});
