import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { Resolution } from '#cart/priced.ts';

export interface PriceRequest {
  readonly lines: readonly { readonly productId: string; readonly qty: number }[];
  /** Undefined takes the currency that all products share. */
  readonly currency: string | undefined;
  readonly codes: readonly string[];
  /** Whose price lists and promotions count. */
  readonly segment: string | undefined;
  /** Who buys, for limits per customer. */
  readonly customerId: string | undefined;
}

/** A refusal that names what it is about. */
export type PriceAnswer =
  | { readonly kind: 'resolved'; readonly resolution: Resolution }
  | { readonly kind: 'unknown-products'; readonly productIds: readonly string[] }
  | {
      readonly kind: 'codes';
      readonly problems: readonly { readonly code: string; readonly reason: string }[];
    }
  | { readonly kind: 'currency'; readonly message: string };

/** What the cart service needs of pricing. */
export interface Prices {
  /** @throws DomainError PRICING_UNAVAILABLE after bounded tries */
  resolve(request: PriceRequest, context: CommandContext): Promise<PriceAnswer>;
}
