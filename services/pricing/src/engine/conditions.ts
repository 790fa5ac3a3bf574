import { amountBefore, type Item, piecesOf } from './items.ts';
import type { Conditions } from './rules.ts';

/** What conditions can ask about besides the items. */
export interface Cart {
  readonly segment: string | undefined;
  readonly codes: ReadonlySet<string>;
}

/** The items that conditions are about, among those given; nothing where the conditions do not hold. */
export type Select = (among: readonly Item[], cart: Cart) => readonly Item[] | undefined;

/** Conditions as one function: sets are built and ways chosen when a rule is stored in the index, not in each request. */
export function compileConditions(conditions: Conditions): Select {
  const products = conditions.productIds && new Set(conditions.productIds);
  const categories = conditions.categoryIds && new Set(conditions.categoryIds);
  const { minQty, minSubtotalMinor, segment, codes } = conditions;
  const all = conditions.all?.map(compileConditions) ?? [];
  const any = conditions.any?.map(compileConditions);

  const described = (items: readonly Item[]): readonly Item[] =>
    products || categories
      ? items.filter(
          ({ productId, categoryIds }) =>
            (!products || products.has(productId)) &&
            (!categories || categoryIds.some((id) => categories.has(id))),
        )
      : items;

  return (among, cart) => {
    if (segment !== undefined && segment !== cart.segment) return undefined;
    if (codes && !codes.some((code) => cart.codes.has(code))) return undefined;
    const own = described(among);
    if (own.length === 0) return undefined;
    if (minQty !== undefined && piecesOf(own) < minQty) return undefined;
    if (minSubtotalMinor !== undefined && amountBefore(own) < minSubtotalMinor) return undefined;

    if (all.length === 0 && !any) return own;

    // A child that describes no lines of its own answers what it was given, and narrows nothing.
    const named = new Set<Item>();
    for (const select of all) {
      const asked = select(own, cart);
      if (!asked) return undefined;
      if (asked !== own) for (const item of asked) named.add(item);
    }
    if (any) {
      const offered = any.map((select) => select(own, cart)).filter((items) => items !== undefined);
      if (offered.length === 0) return undefined;
      if (!offered.includes(own)) for (const item of offered.flat()) named.add(item);
    }
    return named.size === 0 ? own : own.filter((item) => named.has(item));
  };
}

/** Each node of a tree of conditions, the outermost first. */
export function* nodesOf(conditions: Conditions): Generator<Conditions> {
  yield conditions;
  for (const child of [...(conditions.all ?? []), ...(conditions.any ?? [])]) yield* nodesOf(child);
}

/** Whether the lines are told apart: such a promotion is one of lines, any other one of the whole order. */
export const describesLines = (conditions: Conditions): boolean =>
  [...nodesOf(conditions)].some(
    ({ productIds, categoryIds }) => productIds !== undefined || categoryIds !== undefined,
  );
