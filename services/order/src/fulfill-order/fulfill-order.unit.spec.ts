import { describe, expect, it } from 'vitest';
import { markPaid, startPayment } from '#pay-order/decide.ts';
import { given, names, NOW, place } from '#order/order.fixture.ts';
import { fulfillOrder } from './decide.ts';

const opened = startPayment(given(...place), 'PAY-1', NOW);
const payments = [
  ...opened,
  ...markPaid(given(...place, ...opened), { paymentId: 'PAY-1', transactionId: 'T' }, NOW),
];
const paid = given(...place, ...payments);

describe('fulfilling an order', () => {
  it.each([
    undefined,
    [
      { productId: 'P2', qty: 1 },
      { productId: 'P1', qty: 1 },
      { productId: 'P1', qty: 1 },
    ],
  ])('takes everything, however it is written down', (picked) => {
    expect(names(fulfillOrder(paid, picked, NOW))).toEqual(['fulfilled']);
  });

  it('refuses less than everything', () => {
    expect(() => fulfillOrder(paid, [{ productId: 'P1', qty: 2 }], NOW)).toThrow(
      expect.objectContaining({ code: 'FULFILMENT_INCOMPLETE' }),
    );
  });

  it('needs a paid order', () => {
    expect(() => fulfillOrder(given(...place), undefined, NOW)).toThrow(
      expect.objectContaining({ code: 'ORDER_NOT_FULFILLABLE' }),
    );
  });
});
