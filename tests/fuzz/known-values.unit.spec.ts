import { describe, expect, it } from 'vitest';
import { fieldOf, knownValues } from './known-values.ts';

const LINE = ['cartId', 'itemId'];
const cart = (cartId: string, ...items: string[]) => ({
  ...{ cartId, codes: [`CODE-${cartId}`], version: 3 },
  items: items.map((itemId) => ({ itemId, qty: 1 })),
});

describe('what the service has told', () => {
  it('is picked by its field, also where requests call it otherwise', () => {
    const known = knownValues();
    known.learn({ items: [cart('C1')], nextCursor: null });
    expect(known.pick('cartId', 7)).toBe('C1');
    expect(known.pick('discountCode', 0)).toBe('CODE-C1');
    expect(known.pick('expectedVersion', 0)).toBe(3);
    expect(known.pick('orderId', 0)).toBeUndefined();
  });

  it('names a line only with the cart that holds it', () => {
    const known = knownValues([LINE]);
    known.learn([cart('C1', 'I1'), cart('C2', 'I2')]);
    const seen = [0, 1, 2, 3].map((n) => known.together(LINE, n));
    expect(seen).toEqual([
      { cartId: 'C1', itemId: 'I1' },
      { cartId: 'C2', itemId: 'I2' },
      { cartId: 'C1', itemId: 'I1' },
      { cartId: 'C2', itemId: 'I2' },
    ]);
  });

  it('is remembered with who was told', () => {
    const known = knownValues([LINE]);
    known.learn(cart('C1', 'I1'), 'admin');
    known.learn(cart('C2', 'I2'), 'customer');
    expect(known.together(LINE, 1, 'admin')).toEqual({ cartId: 'C1', itemId: 'I1' });
    expect(known.together(LINE, 0, 'merchant')).toBeUndefined();
  });

  it("has no reservations of orders: those are the order's to release", () => {
    const known = knownValues();
    known.learn({ orderId: 'O1', reservationId: 'R1', payload: { reservationId: 'R1' } });
    expect(known.pick('reservationId', 0)).toBeUndefined();
    known.learn({ reservationId: 'R2', orderId: null });
    expect(known.pick('reservationId', 0)).toBe('R2');
  });

  it('is forgotten when there is much of it, the oldest first', () => {
    const known = knownValues([['cartId']]);
    for (let n = 0; n < 500; n++) known.learn(cart(`C${n}`));
    expect(known.pick('cartId', 0)).toBe('C300');
    expect(known.together(['cartId'], 0)).toEqual({ cartId: 'C300' });
  });
});

it.each([
  ['/api/v1/products/{id}', 'productId'],
  ['/api/v1/categories/{id}', 'categoryId'],
  ['/api/v1/flash-sales/{id}', 'saleId'],
  ['/api/v1/currency-rates/{id}', 'currencyRateId'],
])('the id of %s is a %s', (template, field) => {
  expect(fieldOf('id', template)).toBe(field);
});
