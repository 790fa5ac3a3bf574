import { describe, expect, it } from 'vitest';
import { openedPrices, closedPrices } from '#price-rows.ts';
import { at, given, mug } from '#product/product.fixture.ts';
import { changePrice } from './decide.ts';

const command = { currency: undefined, changedBy: 'USER-1', expectedVersion: undefined, now: at(5) };

describe('change a price', () => {
  it('holds from now on', () => {
    const events = changePrice(mug(), { ...command, price: '9.90' });
    expect(given(events, mug())).toEqual({
      ...mug(),
      priceMinor: 990n,
      priceSince: at(5),
      version: 2,
      updatedAt: at(5),
    });
  });

  it('takes a number where it is exact, and refuses what is not', () => {
    expect(given(changePrice(mug(), { ...command, price: 129.5 }), mug()).priceMinor).toBe(12950n);
    expect(() => changePrice(mug(), { ...command, price: 129.505 })).toThrow(
      expect.objectContaining({
        code: 'INVALID_AMOUNT',
        details: { errors: [expect.objectContaining({ path: 'body.price' })] },
      }),
    );
    expect(() => changePrice(mug(), { ...command, price: '-1' })).toThrow(
      expect.objectContaining({ code: 'INVALID_PRICE' }),
    );
  });

  it('is nothing where the price is the same', () => {
    expect(changePrice(mug(), { ...command, price: '12.5' })).toEqual([]);
  });

  it('keeps the currency', () => {
    expect(() => changePrice(mug(), { ...command, price: '9.90', currency: 'EUR' })).toThrow(
      expect.objectContaining({ code: 'CURRENCY_FIXED' }),
    );
  });

  it('never starts before the price that it replaces, whatever the clock of its transaction says', () => {
    const product = { ...mug(), priceSince: at(9) };
    expect(given(changePrice(product, { ...command, price: 1 }), product).priceSince).toEqual(at(9));
  });
});

describe('price history rows', () => {
  it('close the price before and link the prices of one transaction', () => {
    const first = changePrice(mug(), { ...command, price: '9.90' });
    const second = changePrice(given(first, mug()), { ...command, price: '8.00', now: at(6) });
    const change = {
      key: 'P-1',
      before: { version: 1 },
      events: [...first, ...second].map((event, index) => ({ event, version: 2 + index })),
    };
    expect(closedPrices(change)).toEqual([{ product_id: 'P-1', valid_to: at(5) }]);
    expect(openedPrices(change)).toMatchObject([
      { version: 2, price_minor: '990', valid_from: at(5), valid_to: at(6) },
      { version: 3, price_minor: '800', valid_from: at(6), valid_to: null },
    ]);
  });
});
