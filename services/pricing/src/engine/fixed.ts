import type { EffectType } from './effect.ts';
import { amountOf, shareOf } from './items.ts';
import { checkMinor } from './problem.ts';

/** An amount off, once, at most what the items cost. */
export interface Fixed {
  readonly type: 'FIXED';
  readonly amountMinor: bigint;
}

export const fixed: EffectType<Fixed> = {
  problems: ({ amountMinor }) => checkMinor(amountMinor, 'amountMinor'),
  hasAmounts: () => true,
  compile: ({ amountMinor }) => ({
    reached: () => true,
    lower(items) {
      const cost = amountOf(items);
      return shareOf(amountMinor < cost ? amountMinor : cost, items);
    },
    freeShipping: false,
  }),
};
