import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyKey } from '#cart-copies.ts';
import { openCarts } from '#carts.fixture.ts';
import type { CartView } from '#cart/view.ts';

type Body = CartView & {
  readonly code?: string;
  readonly cartToken?: string;
  readonly currentVersion?: number;
};

let carts: Awaited<ReturnType<typeof openCarts>>;
let customer: HttpClient;
let elsewhere: HttpClient;
let anonymous: HttpClient;

beforeAll(async () => {
  carts = await openCarts();
  customer = await carts.client({ sub: 'USER-9' });
  elsewhere = await carts.client({ sub: 'USER-9', at: carts.two });
  anonymous = await carts.client({});
});
afterAll(() => carts.close());

const begin = async (client = customer) => (await client.post<Body>('/api/v1/carts')).body;
const pathOf = ({ cartId }: { cartId: string }) => `/api/v1/carts/${cartId}`;
const add = (client: HttpClient, cart: { cartId: string }, productId: string, qty = 1, options = {}) =>
  client.post<Body>(`${pathOf(cart)}/items`, { productId, qty }, options);

describe('a cart', () => {
  it('is filled, changed and read with its prices, hints and ETag', async () => {
    const cart = await begin();
    expect(cart).toMatchObject({ status: 'OPEN', items: [], totalAmount: '0.00', version: 1 });
    await add(customer, cart, 'P1', 2);
    const { body, headers } = await add(customer, cart, 'P1', 1);
    expect(headers.get('etag')).toBe('"3"');
    expect(body).toMatchObject({
      items: [
        { productId: 'P1', qty: 3, price: '2.50', total: '7.50', stock: { available: 10, hint: true } },
      ],
      ...{ totalAmount: '7.50', currency: 'USD', priceStatus: 'CURRENT' },
    });
    const item = `${pathOf(cart)}/items/${body.items[0]?.itemId}`;
    expect((await customer.patch<Body>(item, { qty: 1 })).body.totalAmount).toBe('2.50');
    expect((await elsewhere.get<Body>(pathOf(cart))).body).toMatchObject({ totalAmount: '2.50', version: 4 });
    expect((await customer.delete<Body>(item)).body.items).toEqual([]);
  });

  it('refuses what pricing does not know, and stores nothing of it', async () => {
    const cart = await begin();
    expect((await add(customer, cart, 'GONE-1')).body).toMatchObject({
      code: 'UNKNOWN_PRODUCT',
      status: 422,
    });
    carts.others.refusedCodes.add('OLD');
    await add(customer, cart, 'P1');
    const refused = await customer.post<Body>(`${pathOf(cart)}/codes`, { code: 'OLD' });
    expect([refused.status, refused.body.code]).toEqual([422, 'CODE_NOT_APPLICABLE']);
    const read = (await customer.get<Body>(pathOf(cart))).body;
    expect([read.version, read.codes, read.items.length]).toEqual([2, [], 1]);
  });

  it('takes a code, shows when it no longer applies, and gives it back', async () => {
    const cart = await begin();
    await add(customer, cart, 'P1', 2);
    const taken = await customer.post<Body>(`${pathOf(cart)}/codes`, { code: 'SOON-GONE' });
    expect(taken.body).toMatchObject({ codes: ['SOON-GONE'], totalAmount: '4.00', discountAmount: '1.00' });
    expect(taken.body.items[0]?.appliedRules).toMatchObject([{ kind: 'CODE', amount: '1.00' }]);
    carts.others.refusedCodes.add('SOON-GONE');
    const problems = [{ code: 'SOON-GONE', reason: 'EXHAUSTED' }];
    expect((await customer.get<Body>(pathOf(cart))).body).toMatchObject({
      codeProblems: problems,
      totalAmount: '5.00',
    });
    const removed = await customer.delete<Body>(`${pathOf(cart)}/codes/soon-gone`);
    expect(removed.body).toMatchObject({ codes: [], codeProblems: [] });
  });

  it('belongs to its customer, its token and its tenant', async () => {
    const mine = await begin();
    const theirs = await carts.client({ sub: 'USER-7' });
    const abroad = await carts.client({ sub: 'USER-9', storeId: 'STORE-2' });
    for (const client of [theirs, abroad]) {
      expect((await client.get(pathOf(mine))).status).toBe(404);
      expect((await add(client, mine, 'P1')).status).toBe(404);
    }
    expect((await anonymous.get(pathOf(mine))).status).toBe(401);
    const { cartToken = '', ...cart } = await begin(anonymous);
    const headers = { 'cart-token': cartToken };
    expect((await add(anonymous, cart, 'P1', 1, { headers })).status).toBe(200);
    expect((await customer.get(pathOf(cart))).status).toBe(404);
    const other = (await begin(anonymous)).cartToken ?? '';
    expect((await anonymous.get(pathOf(cart), { headers: { 'cart-token': other } })).status).toBe(404);
    expect((await anonymous.get(pathOf(cart), { headers: { 'cart-token': 'nonsense' } })).status).toBe(404);
    const [row] = await carts.rows<{ hash: string }>(
      'select token_hash as hash from carts where cart_id = $1',
      [cart.cartId],
    );
    expect(cartToken).not.toContain(row?.hash);
  });

  it('is begun without a login in another tenant, too', async () => {
    const { body } = await anonymous.post<Body>('/api/v1/carts?store=STORE-2');
    const headers = { 'cart-token': body.cartToken ?? '' };
    expect((await anonymous.get<Body>(pathOf(body), { headers })).body.cartId).toBe(body.cartId);
  });

  it('is changed only on top of the version that was seen', async () => {
    const cart = await begin();
    await add(customer, cart, 'P1');
    const late = await add(customer, cart, 'P1', 1, { version: 1 });
    expect([late.status, late.body.code, late.body.currentVersion]).toEqual([409, 'VERSION_CONFLICT', 2]);
    expect((await add(customer, cart, 'P1', 1, { version: 2 })).status).toBe(200);
  });

  it('answers a repeated request with the first reply', async () => {
    const cart = await begin();
    const idempotencyKey = newId();
    const [first, again] = [
      await add(customer, cart, 'P1', 2, { idempotencyKey }),
      await add(elsewhere, cart, 'P1', 2, { idempotencyKey }),
    ];
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect((await customer.get<Body>(pathOf(cart))).body.items[0]?.qty).toBe(2);
  });

  it('loses nothing of 50 adds at once in two processes', async () => {
    const cart = await begin();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => add(n % 2 ? customer : elsewhere, cart, `P${n % 5}`, 1)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const { body } = await customer.get<Body>(pathOf(cart));
    expect(body.items.map(({ qty }) => qty)).toEqual([10, 10, 10, 10, 10]);
    expect(body.version).toBe(51);
  });
});

describe('while pricing is away', () => {
  it('shows the last known prices, and adds nothing that has none', async () => {
    const cart = await begin();
    await add(customer, cart, 'P1', 2);
    carts.others.pricingAway = true;
    try {
      const known = { priceStatus: 'LAST_KNOWN', totalAmount: '5.00' };
      expect((await elsewhere.get<Body>(pathOf(cart))).body).toMatchObject(known);
      expect((await add(customer, cart, 'P1', 1)).body).toMatchObject({ ...known, totalAmount: '7.50' });
      const refused = await add(customer, cart, 'P2', 1);
      expect([refused.status, refused.body.code]).toEqual([503, 'PRICING_UNAVAILABLE']);
    } finally {
      carts.others.pricingAway = false;
    }
    expect((await customer.get<Body>(pathOf(cart))).body.priceStatus).toBe('CURRENT');
  });
});

describe('at login', () => {
  const merge = (cart: { cartId: string }, cartToken: string) =>
    customer.post<Body>(`${pathOf(cart)}/merge`, { cartToken });

  it('a cart is joined into the customer’s, once', async () => {
    const mine = await begin();
    await add(customer, mine, 'P1', 1);
    const { cartToken = '', ...left } = await begin(anonymous);
    const headers = { 'cart-token': cartToken };
    await add(anonymous, left, 'P1', 2, { headers });
    await add(anonymous, left, 'P2', 1, { headers });
    const merged = await merge(mine, cartToken);
    expect(merged.body).toMatchObject({ cartId: mine.cartId, totalAmount: '10.00', priceStatus: 'CURRENT' });
    const again = await merge(mine, cartToken);
    expect([again.status, again.body.version]).toEqual([200, merged.body.version]);
    expect((await add(anonymous, left, 'P1', 1, { headers })).status).toBe(404);
    expect((await customer.get<Body>(pathOf(left))).body).toMatchObject({
      status: 'MERGED',
      mergedInto: mine.cartId,
    });
    expect((await merge(await begin(), cartToken)).body.code).toBe('CART_MERGED');
  });

  it('a cart becomes the customer’s own where there is none', async () => {
    const newcomer = await carts.client({ sub: `USER-${newId()}` });
    const { cartToken = '', ...left } = await begin(anonymous);
    const path = `${pathOf(left)}/merge`;
    const own = await newcomer.post<Body>(path, { cartToken });
    expect(own.body).toMatchObject({ cartId: left.cartId, status: 'OPEN', version: 2 });
    expect((await newcomer.post<Body>(path, { cartToken })).body.version).toBe(2);
    expect((await newcomer.get(pathOf(left))).status).toBe(200);
  });
});

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

describe('Redis', () => {
  it('holds what Postgres holds, and may lose all of it', async () => {
    const redis = new Redis(carts.redisUrl);
    const cart = await begin();
    await add(customer, cart, 'P1', 2);
    const key = copyKey('STORE-1', cart.cartId);
    const copied = await eventually(
      async () => (await redis.get(key)) ?? Promise.reject(new Error('no copy')),
    );
    expect(JSON.parse(copied.slice(2))).toMatchObject({ version: 2, items: [{ productId: 'P1', qty: 2 }] });
    await redis.del(key);
    expect((await elsewhere.get<Body>(pathOf(cart))).body.items).toHaveLength(1);
    await redis.quit();
  });

  it('takes no older copy than a command has made, nor one while it runs', async () => {
    const { reader, copies } = carts.two;
    const cart = await begin();
    const before = (await reader.stored('STORE-1', cart.cartId))!;
    await add(customer, cart, 'P1', 2);
    await eventually(async () => expect((await copies.get('STORE-1', cart.cartId))?.version).toBe(2));
    copies.fill('STORE-1', before);
    const put = await copies.withhold('STORE-1', [cart.cartId]);
    copies.fill('STORE-1', before);
    expect(await copies.get('STORE-1', cart.cartId)).toBeUndefined();
    put([]);
    expect((await reader.cart('STORE-1', cart.cartId))?.version).toBe(2);
  });
});
