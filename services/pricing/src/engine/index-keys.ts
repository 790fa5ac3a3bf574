import type { Conditions } from './rules.ts';

/** Under what rules are found: something that a cart has or has not. */
export const productKey = (id: string): string => `product:${id}`;
export const categoryKey = (id: string): string => `category:${id}`;
export const codeKey = (code: string): string => `code:${code}`;
export const segmentKey = (segment: string): string => `segment:${segment}`;

/**
 * Keys of which a cart must have at least one for the conditions to hold; nothing where no such keys are known. The
 * rarest things come first: few carts have the product, many the segment.
 */
export function neededKeys(conditions: Conditions): readonly string[] | undefined {
  const { productIds, categoryIds, codes, segment, all, any } = conditions;
  if (productIds) return productIds.map(productKey);
  if (categoryIds) return categoryIds.map(categoryKey);
  if (codes) return codes.map(codeKey);
  for (const child of all ?? []) {
    const keys = neededKeys(child);
    if (keys) return keys;
  }
  const offered = any?.map(neededKeys);
  if (offered?.every((keys) => keys !== undefined)) return offered.flat();
  return segment === undefined ? undefined : [segmentKey(segment)];
}
