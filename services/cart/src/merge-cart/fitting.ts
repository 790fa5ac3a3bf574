import type { Cart } from '#cart/cart.ts';
import type { CartReader, Surroundings } from '#cart-reader.ts';
import { cartError } from '#errors.ts';
import type { PricingContext } from '#pricing-context.ts';

/** Two carts as they stand, and what would become of the customer's. */
export interface Preview {
  readonly from: Cart;
  readonly into: Cart;
  readonly merged: Cart;
}

/**
 * Whether the lines of both carts have a price in one currency. While pricing is away the last known prices tell.
 * @throws DomainError PRICING_UNAVAILABLE where nothing is known of them
 */
export async function fitTogether(
  { from, into, merged }: Preview,
  { priced }: Surroundings,
  reader: Pick<CartReader, 'surroundings'>,
  context: PricingContext,
): Promise<boolean> {
  if (from.items.length === 0 || into.items.length === 0 || merged === into) return true;
  if (priced.mixed || priced.outgrown) return false;
  if (priced.status === 'CURRENT') return true;
  const [theirs, ours] = await Promise.all([from, into].map((cart) => reader.surroundings(cart, context)));
  const [one, other] = [theirs?.priced.resolution?.currency, ours?.priced.resolution?.currency];
  if (one === undefined || other === undefined) throw cartError('PRICING_UNAVAILABLE', { retryAfter: 2 });
  return one === other;
}
