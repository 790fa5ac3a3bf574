import type { Caller } from '@tradewind/graphql/subgraph.ts';
import type { CartView } from '#cart/view.ts';

interface InCart {
  readonly cartId: string;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
}

/** A command about one cart; what else it says is its route's body. */
type CartCommand = InCart & Readonly<Record<string, unknown>>;

const CARTS = '/api/v1/carts';
const pathOf = (...parts: readonly string[]): string =>
  [CARTS, ...parts.map((part) => encodeURIComponent(part))].join('/');

/** Something put into a cart, or done with it. */
const post =
  (what: 'items' | 'codes' | 'merge') =>
  (_: unknown, { cartId, idempotencyKey, ...body }: CartCommand, { rest }: Caller): Promise<CartView> =>
    rest<CartView>('POST', pathOf(cartId, what), { body, idempotencyKey });

/** Something taken out of a cart. */
const take = ({ rest }: Caller, { cartId, expectedVersion }: InCart, what: string, which: string) =>
  rest<CartView>('DELETE', pathOf(cartId, what, which), { ifMatch: expectedVersion });

/** Each is its REST route, in GraphQL's clothes. */
export const resolvers = {
  Query: {
    cart: (_: unknown, { id }: { id: string }, { rest }: Caller) => rest<CartView>('GET', pathOf(id)),
  },
  Mutation: {
    async createCart(
      _: unknown,
      { currency, idempotencyKey }: { currency?: string | null; idempotencyKey?: string | null },
      { rest, principal, storeId }: Caller,
    ) {
      // The tenant is the token's where there is one.
      const query = principal ? {} : { store: storeId };
      const made = await rest<CartView & { cartToken?: string }>('POST', CARTS, {
        ...{ body: { currency: currency ?? undefined }, idempotencyKey, query },
      });
      return { cart: made, cartToken: made.cartToken ?? null };
    },
    addCartItem: post('items'),
    addCartCode: post('codes'),
    mergeCart: post('merge'),
    changeCartItem: (
      _: unknown,
      { cartId, itemId, ...body }: InCart & { itemId: string; qty: number },
      { rest }: Caller,
    ) => rest<CartView>('PATCH', pathOf(cartId, 'items', itemId), { body }),
    removeCartItem: (_: unknown, args: InCart & { itemId: string }, context: Caller) =>
      take(context, args, 'items', args.itemId),
    removeCartCode: (_: unknown, args: InCart & { code: string }, context: Caller) =>
      take(context, args, 'codes', args.code),
    setCartShipping: (_: unknown, { cartId, ...body }: InCart & { address: object }, { rest }: Caller) =>
      rest<CartView>('PUT', pathOf(cartId, 'shipping'), { body }),
    checkoutCart: (_: unknown, { cartId, idempotencyKey, ...body }: InCart, { rest }: Caller) =>
      rest<{ orderId: string }>('POST', pathOf(cartId, 'checkout'), { body, idempotencyKey }),
  },
  Cart: {
    id: ({ cartId }: CartView) => cartId,
    order: ({ orderId }: CartView) => (orderId === null ? null : { orderId }),
  },
  CartItem: {
    product: ({ productId }: { productId: string }) => ({ id: productId }),
  },
};
