import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { Cart } from '#cart/cart.ts';
import { type CodeProblem, lastKnown, nothingToPrice, type Priced } from '#cart/priced.ts';
import type { Prices } from '#prices.ts';
import type { PricingContext } from '#pricing-context.ts';

/** Each round leaves something out; what is left after these is priced as before. */
const ROUNDS = 5;

type Priceable = Pick<Cart, 'items' | 'codes' | 'currency' | 'userId'>;

/**
 * Prices what can be priced: products that are not for sale any more, and codes that no longer apply, are left out and
 * named, and a currency that none of the lines fits gives way to theirs. While pricing is away the prices of before are
 * shown.
 * @param kept asked only when they are needed
 */
export async function priceCart(
  cart: Priceable,
  { prices, kept }: { readonly prices: Prices; kept(): Promise<Priced | undefined> },
  context: PricingContext,
): Promise<Priced> {
  const unsold: string[] = [];
  let codeProblems: readonly CodeProblem[] = [];
  let outgrown = false;
  for (let round = 0; round < ROUNDS; round++) {
    const lines = cart.items.filter(({ productId }) => !unsold.includes(productId));
    if (lines.length === 0) return { ...nothingToPrice, codeProblems, unsold };
    const refused = new Set(codeProblems.map(({ code }) => code));
    const request = {
      lines: lines.map(({ productId, qty }) => ({ productId, qty })),
      codes: cart.codes.filter((code) => !refused.has(code)),
      currency: outgrown ? undefined : (cart.currency ?? undefined),
      customerId: cart.userId ?? undefined,
      segment: context.segment,
    };
    try {
      const answer = await prices.resolve(request, context);
      switch (answer.kind) {
        case 'resolved':
          return {
            ...{ status: 'CURRENT', resolution: answer.resolution, codeProblems, unsold },
            ...(outgrown ? { outgrown } : {}),
          };
        case 'unknown-products':
          unsold.push(...answer.productIds);
          break;
        case 'codes':
          codeProblems = [...codeProblems, ...answer.problems];
          break;
        case 'currency':
          if (request.currency === undefined) {
            return { ...lastKnown(cart, await kept()), codeProblems, unsold, mixed: true };
          }
          outgrown = true;
          break;
        default:
          return answer satisfies never;
      }
    } catch (error) {
      if (!isDomainError(error) || error.kind !== 'unavailable') throw error;
      return lastKnown(cart, await kept());
    }
  }
  return { ...lastKnown(cart, await kept()), codeProblems, unsold };
}
