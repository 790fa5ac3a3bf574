import { describe, expect, it } from 'vitest';
import { checkCurrencyRate, checkDiscount, checkFlashSale, checkPriceList } from './check-rules.ts';
import type { Effect } from './effect-types.ts';
import { discountCode, NOW, promotion } from './engine.fixture.ts';
import type { Conditions, FlashPrice, VolumePrice } from './rules.ts';

const paths = (problems: readonly { path: string }[]) => problems.map(({ path }) => path);

describe('a promotion or a code', () => {
  it('as it should be has no problems', () => {
    expect(checkDiscount(promotion('P'))).toEqual([]);
    expect(checkDiscount(discountCode('FIVE'))).toEqual([]);
    expect(checkDiscount(promotion('P', { currency: undefined, startsAt: NOW, endsAt: NOW + 1 }))).toEqual(
      [],
    );
  });

  it.each<[Effect, string[]]>([
    [{ type: 'PERCENTAGE', basisPoints: 10_001 }, ['effect.basisPoints']],
    [{ type: 'PERCENTAGE', basisPoints: -1 }, ['effect.basisPoints']],
    [{ type: 'PERCENTAGE', basisPoints: 12.5 }, ['effect.basisPoints']],
    [{ type: 'FIXED', amountMinor: -1n }, ['effect.amountMinor']],
    [{ type: 'BUY_X_GET_Y', buy: 0, get: 1 }, ['effect.buy']],
    [{ type: 'BUY_X_GET_Y', buy: 1, get: 0, basisPoints: 20_000 }, ['effect.get', 'effect.basisPoints']],
    [{ type: 'TIERED', measure: 'QTY', tiers: [] }, ['effect.tiers']],
    [
      {
        type: 'TIERED',
        measure: 'QTY',
        tiers: [
          { minQty: 2, basisPoints: 1 },
          { minQty: 2, amountMinor: -1n },
        ],
      },
      ['effect.tiers', 'effect.tiers.1.amountMinor'],
    ],
    [
      { type: 'TIERED', measure: 'SUBTOTAL', tiers: [{ minMinor: -1n, basisPoints: 1 }] },
      ['effect.tiers.0.minMinor'],
    ],
  ])('tells what is wrong with %o', (effect, expected) => {
    expect(paths(checkDiscount(promotion('P', { effect })))).toEqual(expected);
  });

  it.each<[Conditions, string[]]>([
    [{ productIds: [] }, ['conditions.productIds']],
    [{ minQty: 0, minSubtotalMinor: -1n }, ['conditions.minQty', 'conditions.minSubtotalMinor']],
    [{ all: [] }, ['conditions.all']],
    [{ any: [{}, { all: [{ minQty: 1.5 }] }] }, ['conditions.any.1.all.0.minQty']],
  ])('tells where in the conditions: %o', (conditions, expected) => {
    expect(paths(checkDiscount(promotion('P', { conditions })))).toEqual(expected);
  });

  it('with amounts needs their currency', () => {
    const effect = { type: 'FIXED', amountMinor: 1n } as const;
    const conditions = { any: [{ minSubtotalMinor: 1n }] };
    expect(paths(checkDiscount(promotion('P', { effect, currency: undefined })))).toEqual(['currency']);
    expect(paths(checkDiscount(promotion('P', { conditions, currency: undefined })))).toEqual(['currency']);
    expect(paths(checkDiscount(promotion('P', { currency: 'XYZ' })))).toEqual(['currency']);
  });

  it('ends after it starts, and has a whole number as priority', () => {
    expect(paths(checkDiscount(promotion('P', { startsAt: NOW, endsAt: NOW })))).toEqual(['endsAt']);
    expect(paths(checkDiscount(promotion('P', { priority: 0.5 })))).toEqual(['priority']);
  });
});

describe('prices', () => {
  const listOf = (tiers: VolumePrice[], currency = 'USD') =>
    checkPriceList({ id: 'L', name: 'L', currency, priority: 0, prices: new Map([['A', tiers]]) });
  const saleOf = (...prices: [string, FlashPrice][]) =>
    checkFlashSale({ id: 'F', name: 'F', prices: new Map(prices) });

  it('of a list have rising tiers', () => {
    const [one, ten] = [
      { minQty: 1, unitMinor: 5n },
      { minQty: 10, unitMinor: 0n },
    ];
    expect(listOf([one, ten])).toEqual([]);
    expect(paths(listOf([ten, one]))).toEqual(['prices.A.tiers']);
    expect(paths(listOf([]))).toEqual(['prices.A.tiers']);
    expect(paths(listOf([{ minQty: 0, unitMinor: -1n }], 'XYZ'))).toEqual([
      'currency',
      'prices.A.tiers.0.minQty',
      'prices.A.tiers.0.unitMinor',
    ]);
  });

  it('of a sale are amounts or percentages', () => {
    expect(saleOf(['A', { basisPoints: 500 }], ['B', { unitMinor: 1n, currency: 'USD' }])).toEqual([]);
    expect(paths(saleOf())).toEqual(['prices']);
    expect(paths(saleOf(['A', { basisPoints: 10_001 }], ['B', { unitMinor: -1n, currency: 'X' }]))).toEqual([
      'prices.A.basisPoints',
      'prices.B.unitMinor',
      'prices.B.currency',
    ]);
  });

  it('of currencies are positive decimals between two of them', () => {
    const rate = { id: 'R', from: 'USD', to: 'EUR', rate: '0.9215', asOf: NOW };
    expect(checkCurrencyRate(rate)).toEqual([]);
    expect(paths(checkCurrencyRate({ ...rate, to: 'USD', asOf: Number.NaN }))).toEqual(['to', 'asOf']);
    for (const text of ['0', '0.00', '-1', '1e3', '', '1.', '1.0000000000001']) {
      expect(paths(checkCurrencyRate({ ...rate, rate: text }))).toEqual(['rate']);
    }
  });
});
