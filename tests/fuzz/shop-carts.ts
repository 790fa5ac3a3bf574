import { anybody } from '../e2e/stack.fixture.ts';
import { caller, good, type Shop } from './shop.ts';

const CARTS_EACH = 5;
const VISITORS = 6;

interface Cart {
  readonly cartId: string;
  readonly cartToken?: string;
}

/** Carts with lines and a code, of the very callers who will ask for them, and some without a login. */
export async function cartsIn(shop: Shop): Promise<void> {
  const roles = ['ADMIN', 'MERCHANT', 'CUSTOMER', 'SERVICE'];
  await Promise.all([...roles.map((role) => cartsOf(shop, role)), visitorsIn(shop)]);
}

async function cartsOf({ storeId, pieces, code, known }: Shop, role: string): Promise<void> {
  const owner = await caller(storeId, role);
  for (let n = 0; n < CARTS_EACH; n++) {
    const { cartId } = good(await owner.post<Cart>('/api/v1/carts'));
    for (const { productId } of pieces.slice(2))
      good(await owner.post(`/api/v1/carts/${cartId}/items`, { productId, qty: 9 }));
    known.learn(good(await owner.post(`/api/v1/carts/${cartId}/codes`, { code })), role.toLowerCase());
  }
}

async function visitorsIn({ storeId, pieces, known }: Shop): Promise<void> {
  for (let n = 0; n < VISITORS; n++) {
    const cart = good(await anybody().post<Cart>(`/api/v1/carts?store=${storeId}`));
    const headers = { 'cart-token': cart.cartToken ?? '' };
    const line = { productId: pieces[n % pieces.length]?.productId, qty: 2 };
    const filled = good(await anybody().post<Cart>(`/api/v1/carts/${cart.cartId}/items`, line, { headers }));
    known.learn({ ...filled, cartToken: cart.cartToken }, 'no token');
  }
}
