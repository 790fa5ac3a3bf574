import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { discountCode, promotion, rules } from './engine.fixture.ts';
import { neededKeys } from './index-keys.ts';
import { basisPointsOf } from './rounding.ts';

describe('the index', () => {
  it('files a promotion under what its carts must have', () => {
    expect(neededKeys({ productIds: ['A'], categoryIds: ['X'], segment: 'VIP' })).toEqual(['product:A']);
    expect(neededKeys({ all: [{ minQty: 2 }, { categoryIds: ['X', 'Y'] }] })).toEqual([
      'category:X',
      'category:Y',
    ]);
    expect(neededKeys({ any: [{ productIds: ['A'] }, { codes: ['C'] }], segment: 'VIP' })).toEqual([
      'product:A',
      'code:C',
    ]);
    expect(neededKeys({ any: [{ productIds: ['A'] }, { minQty: 2 }], segment: 'VIP' })).toEqual([
      'segment:VIP',
    ]);
    expect(neededKeys({ minQty: 2 })).toBeUndefined();
  });

  it('holds each promotion where it is looked for, and the others out of the way', () => {
    const promotions = [
      promotion('P1', { conditions: { productIds: ['A', 'A', 'B'] } }),
      promotion('P2', { conditions: { categoryIds: ['X'] } }),
      promotion('P3', { priority: 1 }),
    ];
    const { byKey, ofAnyCart, byCode } = compile(rules({ promotions, codes: [discountCode('FIVE')] }));
    expect([...byKey].map(([key, all]) => [key, ...all.map(({ id }) => id)])).toEqual([
      ['product:A', 'P1'],
      ['product:B', 'P1'],
      ['category:X', 'P2'],
    ]);
    expect(ofAnyCart.map(({ id, priority }) => [id, priority])).toEqual([['P3', 1]]);
    expect(byCode.get('FIVE')).toMatchObject({ id: 'ID-FIVE', priority: 0 });
  });
});

describe('a percentage', () => {
  it.each([
    ['12.5', 1250],
    [12.34, 1234],
    ['100', 10_000],
    ['7.500', 750],
    [0, 0],
    ['100.01', undefined],
    ['12.345', undefined],
    ['-1', undefined],
    ['1e1', undefined],
    ['', undefined],
  ])('%s is %s hundredths', (percent, basisPoints) => {
    expect(basisPointsOf(percent)).toBe(basisPoints);
  });
});
