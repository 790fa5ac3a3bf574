import { describe, expect, it } from 'vitest';
import type { Effect } from './effect-types.ts';
import { line, promotion, resolved, totals } from './engine.fixture.ts';
import type { RequestLine } from './request.ts';

const withEffect = (effect: Effect, lines: readonly RequestLine[]) =>
  resolved({ promotions: [promotion('P', { effect })] }, lines);
const priced = (...prices: [productId: string, baseMinor: bigint, qty?: number][]) =>
  prices.map(([productId, baseMinor, qty = 1]) => line(productId, { baseMinor, qty }));

describe('PERCENTAGE', () => {
  it('is rounded once and split by what the lines cost', () => {
    const lines = priced(['A', 333n], ['B', 333n], ['C', 334n]);
    const resolution = withEffect({ type: 'PERCENTAGE', basisPoints: 1250 }, lines);
    expect(resolution.discountMinor).toBe(125n);
    expect(totals(resolution)).toEqual([291n, 292n, 292n]);
    expect(resolution.orderRules).toEqual([
      { kind: 'PROMOTION', ruleId: 'P', name: 'Promotion P', amountMinor: 125n },
    ]);
  });

  it('rounds halves in favour of who buys', () => {
    expect(withEffect({ type: 'PERCENTAGE', basisPoints: 1500 }, priced(['A', 1290n])).totalMinor).toBe(
      1096n,
    );
  });

  it('of a hundred leaves nothing', () => {
    expect(withEffect({ type: 'PERCENTAGE', basisPoints: 10_000 }, priced(['A', 999n, 7])).totalMinor).toBe(
      0n,
    );
  });
});

describe('FIXED', () => {
  it('is taken off once', () => {
    const resolution = withEffect(
      { type: 'FIXED', amountMinor: 500n },
      priced(['A', 1000n, 2], ['B', 1000n]),
    );
    expect(totals(resolution)).toEqual([1667n, 833n]);
  });

  it('is split the same in whatever order the lines come', () => {
    const effect: Effect = { type: 'FIXED', amountMinor: 2n };
    const lines = priced(['A', 1n, 1], ['A', 1n, 3]);
    expect(totals(withEffect(effect, lines))).toEqual([1n, 1n]);
    expect(totals(withEffect(effect, lines.toReversed()))).toEqual([1n, 1n]);
  });

  it('takes no more than there is', () => {
    const resolution = withEffect({ type: 'FIXED', amountMinor: 5000n }, priced(['A', 1000n], ['B', 0n]));
    expect(resolution).toMatchObject({ totalMinor: 0n, discountMinor: 1000n });
  });
});

describe('BUY_X_GET_Y', () => {
  it.each([
    [1, 1000n],
    [2, 2000n],
    [3, 2000n],
    [5, 4000n],
    [6, 4000n],
  ])('two and one free: %d cost %d', (qty, totalMinor) => {
    const effect: Effect = { type: 'BUY_X_GET_Y', buy: 2, get: 1 };
    expect(withEffect(effect, priced(['A', 1000n, qty])).totalMinor).toBe(totalMinor);
  });

  it('gives the cheapest of mixed goods', () => {
    const lines = priced(['A', 500n], ['B', 900n, 2], ['C', 300n, 3]);
    const resolution = withEffect({ type: 'BUY_X_GET_Y', buy: 2, get: 1 }, lines);
    expect(totals(resolution)).toEqual([500n, 1800n, 300n]);
  });

  it('can give a part', () => {
    const effect: Effect = { type: 'BUY_X_GET_Y', buy: 1, get: 1, basisPoints: 5000 };
    expect(withEffect(effect, priced(['A', 999n, 3])).totalMinor).toBe(2497n);
  });
});

describe('FREE_SHIPPING', () => {
  it('is told, and changes no amount', () => {
    const resolution = withEffect({ type: 'FREE_SHIPPING' }, priced(['A', 1000n]));
    expect(resolution).toMatchObject({
      totalMinor: 1000n,
      discountMinor: 0n,
      freeShipping: true,
      orderRules: [{ ruleId: 'P', amountMinor: 0n }],
    });
  });
});

describe('TIERED', () => {
  const byPieces: Effect = {
    type: 'TIERED',
    measure: 'QTY',
    tiers: [
      { minQty: 3, basisPoints: 500 },
      { minQty: 5, amountMinor: 600n },
    ],
  };

  it.each([
    [2, 2000n],
    [3, 2850n],
    [4, 3800n],
    [5, 4400n],
  ])('%d pieces cost %d', (qty, totalMinor) => {
    expect(withEffect(byPieces, priced(['A', 1000n, qty])).totalMinor).toBe(totalMinor);
  });

  it('counts by what the goods cost', () => {
    const effect: Effect = {
      type: 'TIERED',
      measure: 'SUBTOTAL',
      tiers: [
        { minMinor: 0n, basisPoints: 100 },
        { minMinor: 5000n, basisPoints: 1000 },
      ],
    };
    expect(withEffect(effect, priced(['A', 4999n])).totalMinor).toBe(4949n);
    expect(withEffect(effect, priced(['A', 2500n], ['B', 2500n])).totalMinor).toBe(4500n);
  });
});
