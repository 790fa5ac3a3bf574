import type { EffectType } from './effect.ts';
import { type Item, piecesOf } from './items.ts';
import { checkBasisPoints, checkPieces } from './problem.ts';
import { halfUp, WHOLE } from './rounding.ts';

/**
 * For each `buy` pieces `get` more are cheaper, by `basisPoints` or free. All pieces count together, and the cheapest
 * of them are the ones that are given: three for two of mixed goods costs what the dearer two of three cost.
 */
export interface BuyXGetY {
  readonly type: 'BUY_X_GET_Y';
  readonly buy: number;
  readonly get: number;
  readonly basisPoints?: number | undefined;
}

/** What costs less per piece comes first, compared without dividing; equal ones stay in their order, which is by id. */
function cheaperFirst(a: Item, b: Item): number {
  const left = a.amountMinor * BigInt(b.qty);
  const right = b.amountMinor * BigInt(a.qty);
  return left === right ? 0 : left < right ? -1 : 1;
}

export const buyXGetY: EffectType<BuyXGetY> = {
  problems: ({ buy, get, basisPoints }) => [
    ...checkPieces(buy, 'buy'),
    ...checkPieces(get, 'get'),
    ...(basisPoints === undefined ? [] : checkBasisPoints(basisPoints)),
  ],
  hasAmounts: () => false,
  compile: ({ buy, get, basisPoints = WHOLE }) => ({
    reached: (items) => piecesOf(items) >= buy + get,
    lower(items) {
      let left = Math.floor(piecesOf(items) / (buy + get)) * get;
      const lowered = new Map<Item, bigint>();
      for (const item of items.toSorted(cheaperFirst)) {
        const given = Math.min(left, item.qty);
        left -= given;
        lowered.set(
          item,
          halfUp(item.amountMinor * BigInt(given) * BigInt(basisPoints), BigInt(item.qty) * BigInt(WHOLE)),
        );
      }
      return items.map((item) => lowered.get(item) ?? 0n);
    },
    freeShipping: false,
  }),
};
