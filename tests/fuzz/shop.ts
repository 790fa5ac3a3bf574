import { eventually } from '@tradewind/testing/eventually.ts';
import { admin, anybody, as, merchant, stack, unique } from '../e2e/stack.fixture.ts';

interface Made {
  readonly productId: string;
  readonly sku: string;
}

const KINDS = 4;

/** A tenant with something to sell and an order, so that requests can get beyond "there is no such thing". */
export async function furnish(storeId: string): Promise<Record<string, unknown[]>> {
  const currency = 'USD';
  await (await admin(storeId)).post('/api/v1/stores', { storeId, name: 'Fuzzed', currency });
  const staff = await merchant(storeId);
  const products: Made[] = [];
  for (let n = 0; n < KINDS; n++) {
    const product = { sku: unique('FUZZ'), name: 'Fuzzed goods', price: `${n}.25`, currency };
    const { body, status } = await staff.post<Made>('/api/v1/products', product);
    if (status !== 201) throw new Error(`no product to fuzz with: ${status} ${JSON.stringify(body)}`);
    const stock = { productId: body.productId, onHand: 100_000 };
    await staff.put(`/api/v1/stores/${storeId}/inventory/${body.sku}`, stock);
    products.push(body);
  }
  const shopper = await as({ sub: 'FUZZ-CUSTOMER', storeId });
  const orders = await Promise.all(
    products.map(({ productId }) =>
      eventually(async () => {
        const order = { items: [{ productId, qty: 1 }] };
        const options = { idempotencyKey: unique('KEY') };
        const { status, body } = await shopper.post<{ orderId: string }>('/api/v1/orders', order, options);
        if (status !== 201) throw new Error(`no order to fuzz with: ${status} ${JSON.stringify(body)}`);
        return body.orderId;
      }),
    ),
  );
  const code = unique('FUZZ');
  await staff.post('/api/v1/discount-codes', { code, type: 'PERCENTAGE', value: 1 });
  const carts = await cartsOf(storeId, products);
  return {
    ...carts,
    code: [code],
    productId: products.map(({ productId }) => productId),
    sku: products.map(({ sku }) => sku),
    orderId: orders,
    storeId: [storeId],
    currency: [currency, currency, currency, 'EUR'],
    'service-key': [stack.serviceKey],
    version: [1, 2, 3],
    locale: ['de', 'fr-CA'],
  };
}

const CARTS = 12;

interface Cart {
  readonly cartId: string;
  readonly cartToken?: string;
  readonly items: readonly { readonly itemId: string }[];
}

/** Carts of the caller who asks most, and some without a login. */
async function cartsOf(storeId: string, products: readonly Made[]): Promise<Record<string, unknown[]>> {
  const owner = await as({ sub: 'FUZZ-ADMIN', roles: ['ADMIN'], storeId });
  const made: Cart[] = [];
  for (let n = 0; n < CARTS; n++) {
    const { cartId } = (await owner.post<Cart>('/api/v1/carts')).body;
    const line = { productId: products[n % products.length]?.productId, qty: 1 };
    const { body, status } = await owner.post<Cart>(`/api/v1/carts/${cartId}/items`, line);
    if (status !== 200) throw new Error(`no cart to fuzz with: ${status} ${JSON.stringify(body)}`);
    made.push(body);
  }
  const visitors = await Promise.all(
    products.map(() => anybody().post<Cart>(`/api/v1/carts?store=${storeId}`)),
  );
  return {
    cartId: made.map(({ cartId }) => cartId),
    itemId: made.flatMap(({ items }) => items.map(({ itemId }) => itemId)),
    cartToken: visitors.map(({ body }) => body.cartToken),
  };
}
