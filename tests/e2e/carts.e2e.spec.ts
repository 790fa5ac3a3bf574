import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { without } from './cli.fixture.ts';
import { becomes, goods, type Order, pay, type Product, shopper, stockOf } from './shop.fixture.ts';
import { anybody, as, refusal, unique } from './stack.fixture.ts';

interface Cart {
  readonly cartId: string;
  readonly cartToken?: string;
  readonly status: string;
  readonly items: readonly {
    readonly itemId: string;
    readonly productId: string;
    readonly qty: number;
    readonly price: string;
    readonly total: string;
    readonly stock: { readonly available: number; readonly inStock: boolean; readonly hint: boolean } | null;
  }[];
  readonly totalAmount: string;
  readonly priceStatus: string;
  readonly orderId: string | null;
  readonly version: number;
}

let mug: Product;
let plate: Product;

beforeAll(async () => {
  mug = await goods({ onHand: 10, price: '12.50' });
  plate = await goods({ onHand: 5, price: '4.00' });
});

const pathOf = ({ cartId }: { cartId: string }, rest = '') => `/api/v1/carts/${cartId}${rest}`;

async function filled(client: HttpClient, lines: readonly (readonly [Product, number])[]): Promise<Cart> {
  const { body: cart, status } = await client.post<Cart>('/api/v1/carts');
  expect(status).toBe(201);
  let last = cart;
  for (const [{ productId }, qty] of lines) {
    last = await eventually(async () => {
      const added = await client.post<Cart>(pathOf(cart, '/items'), { productId, qty });
      expect(added.status, JSON.stringify(added.body)).toBe(200);
      return added.body;
    });
  }
  return last;
}

describe('a cart', () => {
  it('becomes one order, which is paid', async () => {
    const client = await shopper();
    const cart = await filled(client, [
      [mug, 1],
      [plate, 2],
      [mug, 1],
    ]);
    expect(cart).toMatchObject({
      items: [
        { productId: mug.productId, qty: 2, price: '12.50', total: '25.00' },
        { productId: plate.productId, qty: 2, price: '4.00', total: '8.00' },
      ],
      totalAmount: '33.00',
    });
    const address = { line1: '1 Harbour Street', city: 'Lisbon' };
    expect((await client.put(pathOf(cart, '/shipping'), { address })).status).toBe(200);
    await eventually(async () => {
      const { body } = await client.get<Cart>(pathOf(cart));
      expect(body.items[0]?.stock).toEqual({ available: 10, inStock: true, hint: true });
    });
    const idempotencyKey = unique('OUT');
    const made = await client.post<Order>(pathOf(cart, '/checkout'), {}, { idempotencyKey });
    expect(made).toMatchObject({ status: 201, body: { status: 'PENDING', totalAmount: '33.00' } });
    const again = await client.post<Order>(pathOf(cart, '/checkout'), {}, { idempotencyKey });
    expect([again.headers.get('idempotent-replayed'), again.body]).toEqual(['true', made.body]);
    expect(refusal(await client.post(pathOf(cart, '/checkout')))).toEqual([409, 'CART_CHECKED_OUT']);
    expect((await client.get<Cart>(pathOf(cart))).body).toMatchObject({
      ...{ status: 'CHECKED_OUT', orderId: made.body.orderId, totalAmount: '33.00' },
    });
    expect((await pay(client, made.body)).status).toBe(200);
    await becomes(client, made.body, 'PAID');
  });

  it('without a login goes along at login', async () => {
    const visitor = anybody();
    const { body: left } = await visitor.post<Cart>('/api/v1/carts');
    const headers = { 'cart-token': left.cartToken ?? '' };
    await visitor.post(pathOf(left, '/items'), { productId: mug.productId, qty: 1 }, { headers });
    expect(refusal(await visitor.post(pathOf(left, '/checkout'), {}, { headers }))).toEqual([
      401,
      'UNAUTHENTICATED',
    ]);
    const client = await shopper();
    const mine = await filled(client, [[plate, 1]]);
    for (const _ of [1, 2]) {
      const merged = await client.post<Cart>(pathOf(mine, '/merge'), { cartToken: left.cartToken });
      expect(merged.body).toMatchObject({ cartId: mine.cartId, totalAmount: '16.50', version: 3 });
    }
    expect(refusal(await visitor.get(pathOf(left), { headers }))).toEqual([404, 'CART_NOT_FOUND']);
  });

  it('is nobody else’s', async () => {
    const client = await shopper();
    const cart = await filled(client, [[mug, 1]]);
    for (const other of [await shopper(), await as({ sub: unique('USER'), storeId: 'STORE-2' })]) {
      expect(refusal(await other.get(pathOf(cart)))).toEqual([404, 'CART_NOT_FOUND']);
      expect(refusal(await other.post(pathOf(cart, '/checkout')))).toEqual([404, 'CART_NOT_FOUND']);
      expect(refusal(await other.delete(pathOf(cart, `/items/${cart.items[0]?.itemId}`)))).toEqual([
        ...[404, 'CART_NOT_FOUND'],
      ]);
    }
    expect(refusal(await anybody().get(pathOf(cart)))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('stays open when its order is refused, and takes nothing from the stock', async () => {
    const client = await shopper();
    const cart = await filled(client, [[plate, 500]]);
    const answer = await client.post(pathOf(cart, '/checkout'));
    expect(refusal(answer)).toEqual([409, 'INSUFFICIENT_STOCK']);
    expect(answer.body).toMatchObject({ lines: [{ productId: plate.productId, requested: 500 }] });
    const { body } = await client.get<Cart>(pathOf(cart));
    expect([body.status, body.orderId]).toEqual(['OPEN', null]);
    expect((await stockOf(plate)).reserved).toBe(0);
  });

  it('refuses what is not sold, what does not apply and what was changed meanwhile', async () => {
    const client = await shopper();
    const cart = await filled(client, [[mug, 1]]);
    const items = pathOf(cart, '/items');
    expect(refusal(await client.post(items, { productId: 'no-such', qty: 1 }))).toEqual([
      422,
      'UNKNOWN_PRODUCT',
    ]);
    expect(refusal(await client.post(pathOf(cart, '/codes'), { code: 'NO-SUCH' }))).toEqual([
      ...[422, 'CODE_NOT_APPLICABLE'],
    ]);
    const line = { productId: mug.productId, qty: 1 };
    expect(refusal(await client.post(items, line, { version: 1 }))).toEqual([409, 'VERSION_CONFLICT']);
    expect(refusal(await client.post(items, { ...line, qty: 0 }))[0]).toBe(400);
    expect(refusal(await client.patch(`${items}/none`, { qty: 1 }))).toEqual([404, 'ITEM_NOT_FOUND']);
  });
});

it('while pricing is away carts show what they cost before, and nothing is sold', async () => {
  const client = await shopper();
  const cart = await filled(client, [[mug, 2]]);
  await without('pricing', async () => {
    const { body } = await client.get<Cart>(pathOf(cart));
    expect(body).toMatchObject({ priceStatus: 'LAST_KNOWN', totalAmount: '25.00' });
    const answer = await client.post(pathOf(cart, '/checkout'));
    expect([...refusal(answer), answer.headers.has('retry-after')]).toEqual([
      503,
      'PRICING_UNAVAILABLE',
      true,
    ]);
  });
  await eventually(async () => {
    const { body } = await client.get<Cart>(pathOf(cart));
    expect(body).toMatchObject({ status: 'OPEN', priceStatus: 'CURRENT' });
  });
});

it('only a service orders for somebody else', async () => {
  const client = await shopper();
  const body = { items: [{ productId: mug.productId, qty: 1 }], userId: 'USER-1' };
  expect(refusal(await client.post('/api/v1/orders', body, { idempotencyKey: unique('KEY') }))).toEqual([
    ...[403, 'FORBIDDEN'],
  ]);
});
