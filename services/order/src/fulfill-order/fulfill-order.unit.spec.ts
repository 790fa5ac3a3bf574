import { describe, expect, it } from 'vitest';
import { cancelOrder } from '#cancel-order/decide.ts';
import { given, names, NOW, pay, place, rest, following } from '#order/order.fixture.ts';
import { failRefund, requestRefund } from '#refund-order/decide.ts';
import { fulfillOrder } from './decide.ts';

const paid = given(...pay);
const pick = (productId: string, qty: number) => ({ productId, qty });

describe('fulfilling an order', () => {
  it.each([undefined, [pick('P2', 1), pick('P1', 1), pick('P1', 1)]])(
    'takes everything, however it is written down',
    (items) => {
      expect(names(fulfillOrder(paid, { ...rest, items }))).toEqual(['fulfilled']);
    },
  );

  it('is done in parts, and FULFILLED with the last one', () => {
    const some = following(pay, (order) => fulfillOrder(order, { ...rest, items: [pick('P1', 1)] }));
    expect(given(...some)).toMatchObject({
      status: 'PAID',
      pickings: [{ fulfillmentId: 'ORDER-1-1', items: [pick('P1', 1)] }],
    });
    const all = following(some, (order) => fulfillOrder(order, { ...rest, items: undefined }));
    expect(names(all).slice(-2)).toEqual(['picked', 'fulfilled']);
    expect(given(...all)).toMatchObject({
      status: 'FULFILLED',
      pickings: [{}, { fulfillmentId: 'ORDER-1-2', items: [pick('P1', 1), pick('P2', 1)] }],
    });
    expect(fulfillOrder(given(...all), { ...rest, items: undefined })).toEqual([]);
  });

  it.each([[[pick('P1', 3)]], [[pick('P9', 1)]]])('refuses what is not there to be picked', (items) => {
    expect(() => fulfillOrder(paid, { ...rest, items })).toThrow(
      expect.objectContaining({
        code: 'NOT_TO_PICK',
        details: { left: [pick('P1', 2), pick('P2', 1)] },
      }),
    );
  });

  it('needs a paid order that is not being canceled', () => {
    const rules = { mayCancel: () => true, needsApproval: () => true };
    const canceling = following(pay, (order) => cancelOrder(order, { ...rest, ...rules }));
    for (const [events, code] of [
      [place, 'ORDER_NOT_FULFILLABLE'],
      [canceling, 'CANCELLATION_PENDING'],
    ] as const) {
      expect(() => fulfillOrder(given(...events), { ...rest, items: undefined })).toThrow(
        expect.objectContaining({ code }),
      );
    }
  });

  it('hands nothing over for which all money is promised back, until that fails', () => {
    const all = { ...rest, items: undefined };
    const part = following(pay, (order) =>
      requestRefund(order, { ...rest, refundId: 'R1', amount: 12_949n }),
    );
    expect(names(fulfillOrder(given(...part), all))).toEqual(['fulfilled']);
    const whole = following(part, (order) => requestRefund(order, { ...rest, refundId: 'R2' }));
    expect(() => fulfillOrder(given(...whole), all)).toThrow(
      expect.objectContaining({ code: 'ORDER_REFUNDED' }),
    );
    const failed = following(whole, (order) => failRefund(order, { refundId: 'R2', code: null }, NOW));
    expect(names(fulfillOrder(given(...failed), all))).toEqual(['fulfilled']);
  });
});
