import { describe, expect, it } from 'vitest';
import { given, place, usd } from '#order/order.fixture.ts';
import { priceLines, type ProductPrice } from './price-lines.ts';
import { placeOrder, totalOf } from './decide.ts';

const price = (productId: string, minor: bigint, currency = 'USD', active = true): [string, ProductPrice] => [
  productId,
  { productId, sku: `SKU-${productId}`, price: minor, currency, active },
];

describe('placing an order', () => {
  it('takes the prices of the server and sums them', () => {
    const [event] = place;
    expect(event).toMatchObject({
      type: 'ecommerce.order.order.created.v1',
      payload: { totalAmount: usd(12_950n), currency: 'USD', status: 'PENDING' },
    });
  });

  it('is done once', () => {
    expect(placeOrder(given(...place), {} as never)).toEqual([]);
  });

  it('names every product that is not for sale', () => {
    const prices = new Map([price('P1', 100n), price('P2', 100n, 'USD', false)]);
    const wanted = ['P1', 'P2', 'P3'].map((productId) => ({ productId, qty: 1 }));
    expect(() => priceLines(wanted, prices, undefined)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_PRODUCT',
        details: { lines: [{ productId: 'P2' }, { productId: 'P3' }] },
      }),
    );
  });

  it.each([
    [[price('P1', 100n), price('P2', 100n, 'EUR')], undefined],
    [[price('P1', 100n), price('P2', 100n)], 'EUR'],
  ])('refuses more than one currency', (prices, currency) => {
    const wanted = ['P1', 'P2'].map((productId) => ({ productId, qty: 1 }));
    expect(() => priceLines(wanted, new Map(prices), currency)).toThrow(
      expect.objectContaining({ code: 'CURRENCY_MISMATCH' }),
    );
  });

  it('sums without rounding', () => {
    expect(
      totalOf([
        { qty: 3, price: 33n },
        { qty: 1_000_000, price: 1n },
      ]),
    ).toBe(1_000_099n);
  });
});
