import type { EffectType } from './effect.ts';

/** The shipping costs nothing; the goods cost what they cost. */
export interface FreeShipping {
  readonly type: 'FREE_SHIPPING';
}

export const freeShipping: EffectType<FreeShipping> = {
  problems: () => [],
  hasAmounts: () => false,
  compile: () => ({
    reached: () => true,
    lower: (items) => items.map(() => 0n),
    freeShipping: true,
  }),
};
