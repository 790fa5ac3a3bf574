import type { IdempotencyKey } from '@tradewind/outbox/idempotency.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import { type Caller, mayOpen } from '#cart/caller.ts';
import type { Cart } from '#cart/cart.ts';
import { lastKnown, type Priced, toKept } from '#cart/priced.ts';
import { type CartView, viewOf } from '#cart/view.ts';
import { cartError } from '#errors.ts';
import type { CartReader, Surroundings } from '#cart-reader.ts';
import type { CartStore } from '#store.ts';
import type { PricingContext } from '#pricing-context.ts';

export interface CartChange {
  readonly cartId: string;
  readonly caller: Caller;
  readonly context: PricingContext;
  /** Pure; throws a DomainError to refuse. */
  apply(cart: Cart, now: Date): Cart;
  /** What the prices of the changed cart must say; throws a DomainError to refuse. */
  demands?(priced: Priced): void;
  readonly idempotencyKey: IdempotencyKey | undefined;
}

/** Changes a cart and answers it with the prices that it has then. */
export type ChangeCart = (change: CartChange) => Promise<CartView>;

/** How often a change is thought over because another process was faster; then it is made with the prices at hand. */
const TRIES = 5;

/**
 * A change is priced before it is stored, with no lock held meanwhile: the prices belong to the version that was read, and
 * if that is no longer the latest when the lock is taken, the change is thought over. Changes of one cart that come at
 * the same time are priced and stored together, so a hundred of them cost few rounds and lose nothing.
 */
export function cartChanges(reader: CartReader, store: CartStore): ChangeCart {
  async function run(_: string, changes: readonly CartChange[]): Promise<Outcome<CartView>[]> {
    const [first] = changes;
    if (!first) return [];
    const { cartId, context } = first;
    const refusals = new Map<CartChange, unknown>();
    const open = (): CartChange[] => changes.filter((change) => !refusals.has(change));
    let view: CartView | undefined;
    for (let tries = 1; view === undefined;) {
      const before = await reader.stored(context.storeId, cartId);
      const after = before && fold(before, open(), new Date(), refusals);
      if (!before || !after || open().length === 0) break;
      const around = await reader.surroundings(after, context);
      if (refuse(open(), await asDemanded(around.priced, before, context), refusals)) continue;
      view = await commit(open(), around, tries === TRIES ? undefined : before.version);
      tries++;
    }
    return changes.map((change) => {
      if (view && !refusals.has(change)) return { ok: true, value: view };
      return { ok: false, error: refusals.get(change) ?? cartError('CART_NOT_FOUND') };
    });
  }

  /** Undefined where the cart is not at the version that the prices are of. */
  function commit(
    changes: readonly CartChange[],
    { priced, hints }: Surroundings,
    version: number | undefined,
  ): Promise<CartView | undefined> {
    const [{ cartId, context }] = changes as readonly [CartChange];
    return store.handle({
      cartIds: [cartId],
      context,
      decide(get, now) {
        const cart = get(cartId);
        if (!cart) throw cartError('CART_NOT_FOUND');
        if (version !== undefined && cart.version !== version) return { decided: [], result: undefined };
        const changed = changes.reduce((folded, change) => applied(change, folded, now), cart);
        const after = priced.outgrown ? { ...changed, currency: null } : changed;
        const prices = version === undefined ? lastKnown(after, priced) : priced;
        const view = viewOf(after, prices, hints);
        const body = JSON.stringify(view);
        return {
          decided: after === cart ? [] : [{ cart: after, events: [] }],
          prices: prices.status === 'CURRENT' ? [{ cartId, priced: toKept(prices) }] : [],
          replies: changes.flatMap(({ idempotencyKey: key }) => (key ? [{ ...key, status: 200, body }] : [])),
          result: view,
        };
      },
    });
  }

  /** A cart gives up its currency when its lines have lost it, not for a line that never had it. */
  async function asDemanded(priced: Priced, before: Cart, context: PricingContext): Promise<Priced> {
    if (!priced.outgrown) return priced;
    const { outgrown } = (await reader.surroundings(before, context)).priced;
    return outgrown ? priced : { ...priced, mixed: true };
  }

  const change = groupCommit<CartChange, CartView>({
    groupOf: ({ context, cartId }) => `${context.storeId}\n${cartId}`,
    run,
  });
  return (one) => change(one);
}

function applied({ caller, apply }: CartChange, cart: Cart, now: Date): Cart {
  // Somebody else's cart looks like one that does not exist.
  if (!mayOpen(cart, caller)) throw cartError('CART_NOT_FOUND');
  return apply(cart, now);
}

/** The cart after all changes; those that a rule refuses are noted and left out. */
function fold(
  cart: Cart,
  changes: readonly CartChange[],
  now: Date,
  refusals: Map<CartChange, unknown>,
): Cart {
  let folded = cart;
  for (const change of changes) {
    try {
      folded = applied(change, folded, now);
    } catch (error) {
      refusals.set(change, error);
    }
  }
  return folded;
}

/** Notes those whose demands the prices do not meet; true where there were any. */
function refuse(changes: readonly CartChange[], priced: Priced, refusals: Map<CartChange, unknown>): boolean {
  const before = refusals.size;
  for (const change of changes) {
    try {
      change.demands?.(priced);
    } catch (error) {
      refusals.set(change, error);
    }
  }
  return refusals.size > before;
}
