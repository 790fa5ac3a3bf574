import type { CompiledRules } from '#engine/compile.ts';
import { evaluate } from '#engine/evaluate.ts';
import type { RequestLine } from '#engine/request.ts';
import { pricingError } from '#errors.ts';
import type { CataloguePrice } from '#rules/catalogue-prices.ts';
import type { TenantRules } from '#rules/compiled-rules.ts';
import type { Resolution, ResolvePrices } from './request.ts';

/**
 * Prices a request by the tenant's rules. Pure.
 * @throws DomainError UNKNOWN_PRODUCT, CURRENCY_MISMATCH, CODE_NOT_APPLICABLE, AMOUNT_TOO_LARGE
 */
export function price(
  request: ResolvePrices,
  prices: ReadonlyMap<string, CataloguePrice>,
  { compiled, rates }: Pick<TenantRules, 'rates'> & { readonly compiled: CompiledRules },
  now: Date,
): Resolution {
  const lines = soldLines(request.lines, prices);
  const evaluation = evaluate(compiled, {
    lines,
    currency: request.currency ?? sharedCurrency(lines),
    rates,
    segment: request.segment,
    codes: request.codes,
    now: now.getTime(),
  });
  if (!evaluation.ok) {
    if (evaluation.code === 'AMOUNT_TOO_LARGE') throw pricingError('AMOUNT_TOO_LARGE');
    const unpriced = evaluation.productIds.map((productId) => ({ productId }));
    throw pricingError('CURRENCY_MISMATCH', {
      message: `no price in the currency: ${evaluation.productIds.join(', ')}`,
      details: { lines: unpriced },
    });
  }
  const { refusedCodes, ...resolution } = evaluation.resolution;
  if (refusedCodes.length > 0) throw codesRefused(refusedCodes);
  return resolution;
}

function soldLines(
  lines: ResolvePrices['lines'],
  prices: ReadonlyMap<string, CataloguePrice>,
): RequestLine[] {
  const unknown = new Set(lines.map(({ productId }) => productId).filter((id) => !prices.get(id)?.active));
  if (unknown.size > 0) {
    throw pricingError('UNKNOWN_PRODUCT', {
      message: `not for sale: ${[...unknown].join(', ')}`,
      details: {
        // One that is not even known may be so new that its event has not arrived.
        lines: [...unknown].map((productId) => ({
          productId,
          ...(prices.has(productId) ? { archived: true } : {}),
        })),
      },
    });
  }
  return lines.flatMap(({ productId, qty }) => {
    const sold = prices.get(productId);
    if (!sold) return [];
    const { sku, categoryId, price: baseMinor, currency } = sold;
    const categoryIds = categoryId === null ? [] : [categoryId];
    return [{ productId, qty, sku: sku ?? '', categoryIds, baseMinor, currency }];
  });
}

function sharedCurrency(lines: readonly RequestLine[]): string {
  const [first, ...others] = new Set(lines.map(({ currency }) => currency));
  if (first === undefined || others.length > 0) {
    throw pricingError('CURRENCY_MISMATCH', {
      message: 'the products are sold in several currencies: name one',
    });
  }
  return first;
}

export function codesRefused(codes: readonly { readonly code: string; readonly reason: string }[]) {
  const told = codes.map(({ code, reason }) => `${code} (${reason})`).join(', ');
  return pricingError('CODE_NOT_APPLICABLE', { message: `cannot be applied: ${told}`, details: { codes } });
}
