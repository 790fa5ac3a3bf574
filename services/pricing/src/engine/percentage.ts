import type { EffectType } from './effect.ts';
import { amountOf, shareOf } from './items.ts';
import { checkBasisPoints } from './problem.ts';
import { percentOf } from './rounding.ts';

/** So many hundredths of a percent off. */
export interface Percentage {
  readonly type: 'PERCENTAGE';
  readonly basisPoints: number;
}

export const percentage: EffectType<Percentage> = {
  problems: ({ basisPoints }) => checkBasisPoints(basisPoints),
  hasAmounts: () => false,
  compile: ({ basisPoints }) => ({
    reached: () => true,
    // Rounded once for all items together: ten lines of a cent get what one line of ten cents gets.
    lower: (items) => shareOf(percentOf(amountOf(items), basisPoints), items),
    freeShipping: false,
  }),
};
