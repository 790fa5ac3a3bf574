import { describe, expect, it } from 'vitest';
import { checkDiscount, checkFlashSale } from '#engine/check-rules.ts';
import { discountCode, promotion } from '#engine/engine.fixture.ts';
import { saidInCode, saidInPromotion, saidInSale } from './said-paths.ts';

const paths = (problems: readonly { path: string }[]) => problems.map(({ path }) => path);
const tiers = [{ minMinor: -1n, basisPoints: -1 }];

describe('what is wrong with a rule stands where the caller said it', () => {
  it('of a promotion', () => {
    const problems = checkDiscount(
      promotion('P', {
        effect: { type: 'TIERED', measure: 'SUBTOTAL', tiers },
        conditions: { all: [{ minSubtotalMinor: -1n }] },
      }),
    );
    expect(paths(saidInPromotion(problems))).toEqual([
      ...['conditions.all.0.minSubtotal', 'effect.tiers.0.minSubtotal', 'effect.tiers.0.percent'],
    ]);
    const gift = checkDiscount(promotion('P', { effect: { type: 'BUY_X_GET_Y', buy: 0, get: 0 } }));
    expect(paths(saidInPromotion(gift))).toEqual(['effect.buyQty', 'effect.getQty']);
  });

  it('of a code', () => {
    const problems = checkDiscount(discountCode('A', { effect: { type: 'FIXED', amountMinor: -1n } }));
    expect(saidInCode(problems)).toEqual([{ path: 'value', message: 'must not be negative' }]);
  });

  it('of a sale, once for all of its products', () => {
    const wrong = { unitMinor: -1n, currency: 'USD' };
    const prices = new Map([
      ['A', wrong],
      ['B', wrong],
    ]);
    const problems = checkFlashSale({ id: 'F', name: 'F', prices });
    expect(saidInSale(problems)).toEqual([{ path: 'price', message: 'must not be negative' }]);
  });
});
