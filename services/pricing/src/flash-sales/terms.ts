import { z } from 'zod';
import { checkFlashSale } from '#engine/check-rules.ts';
import { basisPointsOf } from '#engine/rounding.ts';
import type { FlashPrice } from '#engine/rules.ts';
import * as input from '#input.ts';
import { amountIn } from '#amount-in.ts';
import { invalidRule, requireValid } from '#invalid-rule.ts';
import { saidInSale } from '#said-paths.ts';
import type { SaleTerms } from './decide.ts';

const MAX_PRODUCTS = 500;

export const saleFields = {
  name: input.name.nullable(),
  productIds: z
    .array(input.id)
    .min(1)
    .max(MAX_PRODUCTS)
    .transform((ids) => [...new Set(ids)]),
  discountPercent: input.percent,
  price: input.amount,
  currency: input.currency,
  startsAt: input.instant,
  endsAt: input.instant,
};

interface GivenPrice {
  readonly discountPercent?: string | number | undefined;
  readonly price?: string | number | undefined;
  readonly currency?: string | undefined;
}

/**
 * A percentage or a price, not both; undefined where neither is given.
 * @param defaultCurrency of a price that names none
 * @throws DomainError RULE_INVALID, INVALID_AMOUNT
 */
export function priceIn(
  { discountPercent, price, currency }: GivenPrice,
  defaultCurrency: string | undefined,
): FlashPrice | undefined {
  if (discountPercent !== undefined && price !== undefined) {
    throw invalidRule([{ path: 'price', message: 'either discountPercent or price' }]);
  }
  if (discountPercent !== undefined) {
    const basisPoints = basisPointsOf(discountPercent);
    if (basisPoints !== undefined && basisPoints > 0) return { basisPoints };
    throw invalidRule([
      { path: 'discountPercent', message: 'above 0, up to 100, with two decimals at most' },
    ]);
  }
  if (price === undefined) return undefined;
  const of = currency ?? defaultCurrency;
  if (of === undefined) throw invalidRule([{ path: 'currency', message: 'a price needs its currency' }]);
  return { unitMinor: amountIn(price, of, 'price'), currency: of };
}

/** @throws DomainError RULE_INVALID */
export function checkTerms(terms: SaleTerms, now: Date): SaleTerms {
  const { productIds, price, startsAt, endsAt } = terms;
  const problems = checkFlashSale({
    ...{ id: '', name: '', startsAt: startsAt.getTime(), endsAt: endsAt.getTime() },
    prices: new Map(productIds.map((id) => [id, price])),
  });
  // One that is over is wrong by that, wherever its start is.
  const wrong =
    endsAt <= now
      ? [
          ...problems.filter(({ path }) => path !== 'endsAt'),
          { path: 'endsAt', message: 'must be in the future' },
        ]
      : problems;
  requireValid(saidInSale(wrong));
  return terms;
}
