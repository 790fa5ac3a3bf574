import { describe, expect, it } from 'vitest';
import { mapMismatches } from './p2-flash-map-equals-sales.ts';

const price = (more: object = {}) => ({
  ...{ name: 'S:P1 SALE', price: '968', listPrice: '1290', currency: 'USD' },
  ...more,
});

describe('the map of flash prices', () => {
  it('agrees with the sales that run, whatever else an entry says', () => {
    expect(mapMismatches([price()], [price({ saleId: 'SALE', endsAt: 1 })])).toEqual([]);
  });

  it.each([
    ['a price of before the list price changed', [price()], [price({ price: '900', listPrice: '1200' })]],
    ['another currency', [price()], [price({ currency: 'EUR' })]],
    ['a product that is missing', [price()], []],
    ['a product that is on no sale', [], [price()]],
  ])('differs: %s', (_, sold, shown) => {
    expect(mapMismatches(sold, shown)).toMatchObject([{ subject: 'S:P1 SALE' }]);
  });
});
