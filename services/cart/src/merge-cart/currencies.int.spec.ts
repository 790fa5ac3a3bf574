import { newId } from '@tradewind/kernel/ids.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCarts } from '#carts.fixture.ts';
import type { CartView } from '#cart/view.ts';

type Body = CartView & { readonly code?: string; readonly cartToken?: string };

let carts: Awaited<ReturnType<typeof openCarts>>;
let customer: HttpClient;
let anonymous: HttpClient;

beforeAll(async () => {
  carts = await openCarts();
  customer = await carts.client({ sub: 'USER-9' });
  anonymous = await carts.client({});
});
afterAll(() => carts.close());

const begin = async () => (await customer.post<Body>('/api/v1/carts')).body;
const pathOf = ({ cartId }: { cartId: string }) => `/api/v1/carts/${cartId}`;
const add = (client: HttpClient, cart: { cartId: string }, productId: string, qty = 1, options = {}) =>
  client.post<Body>(`${pathOf(cart)}/items`, { productId, qty }, options);

describe('carts in two currencies', () => {
  async function filled(client: HttpClient, currency: string | undefined, productId: string) {
    const { body } = await client.post<Body>('/api/v1/carts', currency ? { currency } : {});
    const headers = body.cartToken ? { 'cart-token': body.cartToken } : {};
    await add(client, body, productId, 1, { headers });
    return { ...body, cartToken: body.cartToken ?? '' };
  }
  const merge = (client: HttpClient, cart: { cartId: string }, cartToken: string) =>
    client.post<Body>(`${pathOf(cart)}/merge`, { cartToken });
  const newcomer = () => carts.client({ sub: `USER-${newId()}` });
  const inEuros = { currency: 'EUR', totalAmount: '2.50', priceStatus: 'CURRENT' };

  it('are not merged, and lose nothing by the try', async () => {
    const client = await newcomer();
    const mine = await filled(client, undefined, 'P1');
    const left = await filled(anonymous, 'EUR', 'EUR-1');
    const refused = await merge(client, mine, left.cartToken);
    expect([refused.status, refused.body.code]).toEqual([409, 'CART_CURRENCY_MISMATCH']);
    expect((await client.get<Body>(pathOf(mine))).body).toMatchObject({
      ...{ currency: 'USD', totalAmount: '2.50', priceStatus: 'CURRENT', version: 2 },
    });
    const headers = { 'cart-token': left.cartToken };
    expect((await anonymous.get<Body>(pathOf(left), { headers })).body).toMatchObject(inEuros);
  });

  it('are both the customer’s when the one without a login names itself', async () => {
    const client = await newcomer();
    await filled(client, undefined, 'P1');
    const left = await filled(anonymous, 'EUR', 'EUR-1');
    const own = { cartId: left.cartId, status: 'OPEN', ...inEuros };
    for (const _ of ['first', 'again']) {
      expect((await merge(client, left, left.cartToken)).body).toMatchObject(own);
    }
    expect((await client.get<Body>(pathOf(left))).body).toMatchObject(own);
  });

  it('are one where the customer’s is empty, in the currency of what was put in', async () => {
    const client = await newcomer();
    const { body: empty } = await client.post<Body>('/api/v1/carts', { currency: 'USD' });
    const left = await filled(anonymous, 'EUR', 'EUR-1');
    expect((await merge(client, empty, left.cartToken)).body).toMatchObject({
      cartId: empty.cartId,
      ...inEuros,
    });
  });

  it('are told apart by their last known prices while pricing is away', async () => {
    const client = await newcomer();
    const mine = await filled(client, undefined, 'P1');
    const [dollars, euros] = [
      await filled(anonymous, undefined, 'P2'),
      await filled(anonymous, undefined, 'EUR-1'),
    ];
    carts.others.pricingAway = true;
    try {
      expect((await merge(client, mine, euros.cartToken)).body.code).toBe('CART_CURRENCY_MISMATCH');
      expect((await merge(client, mine, dollars.cartToken)).body.items).toHaveLength(2);
    } finally {
      carts.others.pricingAway = false;
    }
  });
});

describe('a cart that asked for another currency than its lines have', () => {
  /** As a rate or a price list leaves it behind that is over. */
  async function outgrown(): Promise<Body> {
    const cart = await begin();
    await add(customer, cart, 'P1');
    await add(customer, cart, 'P2');
    await carts.rows(`update carts set currency = 'EUR' where cart_id = $1`, [cart.cartId]);
    return cart;
  }
  const inDollars = { currency: 'USD', priceStatus: 'CURRENT' };

  it('costs what they cost, and takes more of their kind', async () => {
    const cart = await outgrown();
    await carts.one.copies.withhold('STORE-1', [cart.cartId]).then((release) => release([]));
    expect((await customer.get<Body>(pathOf(cart))).body).toMatchObject({
      ...inDollars,
      totalAmount: '5.00',
    });
    expect((await add(customer, cart, 'P3')).body).toMatchObject({ ...inDollars, totalAmount: '7.50' });
  });

  it('is ordered in theirs', async () => {
    const cart = await outgrown();
    expect((await customer.post(`${pathOf(cart)}/checkout`, {})).status).toBe(201);
    expect(carts.others.placed.at(-1)?.request).not.toHaveProperty('currency');
  });

  it('keeps the one it asked for while nothing else is in it', async () => {
    const { body } = await customer.post<Body>('/api/v1/carts', { currency: 'EUR' });
    const refused = await add(customer, body, 'P1');
    expect([refused.status, refused.body.code]).toEqual([422, 'CURRENCY_MISMATCH']);
    expect((await add(customer, body, 'EUR-1')).body.currency).toBe('EUR');
  });
});
