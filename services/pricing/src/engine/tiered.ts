import type { EffectType } from './effect.ts';
import { amountBefore, amountOf, type Item, piecesOf, shareOf } from './items.ts';
import { checkBasisPoints, checkMinor, checkPieces, checkRising, within } from './problem.ts';
import { percentOf } from './rounding.ts';

/** What a tier gives: hundredths of a percent, or an amount, off everything and not only off what is above it. */
type Off = { readonly basisPoints: number } | { readonly amountMinor: bigint };

/** The more, the more off: the highest tier that is reached counts, by pieces or by what they cost before promotions. */
export type Tiered = { readonly type: 'TIERED' } & (
  | { readonly measure: 'QTY'; readonly tiers: readonly ({ readonly minQty: number } & Off)[] }
  | { readonly measure: 'SUBTOTAL'; readonly tiers: readonly ({ readonly minMinor: bigint } & Off)[] }
);

const startsOf = (effect: Tiered): (number | bigint)[] =>
  effect.measure === 'QTY'
    ? effect.tiers.map(({ minQty }) => minQty)
    : effect.tiers.map(({ minMinor }) => minMinor);

function tierOf(effect: Tiered, items: readonly Item[]): Off | undefined {
  if (effect.measure === 'QTY') {
    const pieces = piecesOf(items);
    return effect.tiers.findLast(({ minQty }) => pieces >= minQty);
  }
  const cost = amountBefore(items);
  return effect.tiers.findLast(({ minMinor }) => cost >= minMinor);
}

export const tiered: EffectType<Tiered> = {
  problems: (effect) => [
    ...checkRising(startsOf(effect), 'tiers'),
    ...effect.tiers.flatMap((tier, index) =>
      within(`tiers.${index}`, [
        ...('minQty' in tier ? checkPieces(tier.minQty, 'minQty') : checkMinor(tier.minMinor, 'minMinor')),
        ...('basisPoints' in tier
          ? checkBasisPoints(tier.basisPoints)
          : checkMinor(tier.amountMinor, 'amountMinor')),
      ]),
    ),
  ],
  hasAmounts: ({ measure, tiers }) => measure === 'SUBTOTAL' || tiers.some((tier) => 'amountMinor' in tier),
  compile: (effect) => ({
    reached: (items) => tierOf(effect, items) !== undefined,
    lower(items) {
      const tier = tierOf(effect, items);
      if (!tier) return items.map(() => 0n);
      const cost = amountOf(items);
      const off = 'basisPoints' in tier ? percentOf(cost, tier.basisPoints) : tier.amountMinor;
      return shareOf(off < cost ? off : cost, items);
    },
    freeShipping: false,
  }),
};
