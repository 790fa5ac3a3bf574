import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { describe, expect, it } from 'vitest';
import { without } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { goods, type Order, pay, type Product, shopper, stockOf, tryOrder } from './shop.fixture.ts';
import { admin, anybody, merchant, refusal, unique } from './stack.fixture.ts';

interface Resolved {
  readonly totalAmount: string;
  readonly lines: readonly { readonly price: string; readonly appliedRules: readonly { kind: string }[] }[];
}

const WITHIN = { within: 20_000, every: 100 };
const QUICK = { within: 2_500, every: 50 };

const lookUp = ({ productId }: Product, qty = 1, codes: readonly string[] = []) =>
  anybody().post<Resolved>('/api/v1/prices/resolve', { lines: [{ productId, qty }], codes });

const priceOf = async (product: Product): Promise<string | undefined> =>
  (await lookUp(product)).body.lines[0]?.price;

const orderWith = (client: HttpClient, { productId }: Product, code: string) =>
  client.post<Order & { codes: { code: string; reason: string }[] }>(
    '/api/v1/orders',
    { items: [{ productId, qty: 1 }], discountCodes: [code] },
    { idempotencyKey: unique('KEY') },
  );

async function codeOf(terms: object): Promise<string> {
  const code = unique('CODE');
  const made = await (await merchant()).post('/api/v1/discount-codes', { code, ...terms });
  expect(made.status).toBe(201);
  return code;
}

const eventsOf = async (saleId: string): Promise<string[]> => {
  const rows = await sql<{ status: string; events: number }>(
    'pricing',
    'select status, events from flash_sales where sale_id = $1',
    [saleId],
  );
  return rows.map(({ status, events }) => `${status} ${events}`);
};

describe('a flash sale', () => {
  it('begins and ends by itself; orders pay its price while it runs', async () => {
    const [boss, client, product] = [await admin(), await shopper(), await goods({ price: '20.00' })];
    expect(await priceOf(product)).toBe('20.00');
    const [startsAt, endsAt] = [1_000, 4_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const sale = { productIds: [product.productId], discountPercent: 25, startsAt, endsAt };
    const made = await boss.post<{ saleId: string; status: string }>('/api/v1/flash-sales', sale);
    expect([made.status, made.body.status]).toEqual([201, 'SCHEDULED']);

    await eventually(async () => expect(await priceOf(product)).toBe('15.00'), QUICK);
    const placed = await tryOrder(client, product);
    expect(placed.body).toMatchObject({
      totalAmount: '15.00',
      items: [{ listPrice: '20.00', price: '15.00', appliedRules: [{ kind: 'FLASH_SALE', amount: '5.00' }] }],
    });
    await eventually(async () => expect(await priceOf(product)).toBe('20.00'), WITHIN);
    await eventually(async () => expect(await eventsOf(made.body.saleId)).toEqual(['ENDED 2']), WITHIN);
  });

  it('that is a percentage follows the list price, also on pages, and is listed by its status', async () => {
    const [boss, { productId }] = [await admin(), await goods({ price: '20.00' })];
    const endsAt = new Date(Date.now() + 600_000).toISOString();
    const sale = { productIds: [productId], discountPercent: 25, endsAt };
    const { saleId } = (await boss.post<{ saleId: string }>('/api/v1/flash-sales', sale)).body;
    const price = { price: '10.00', currency: 'USD' };
    expect((await boss.put(`/api/v1/products/${productId}/price`, price)).status).toBe(200);
    await eventually(async () => {
      const { body } = await anybody().get<object>(`/api/v1/prices/flash?productIds=${productId}`);
      expect(body).toMatchObject({ items: [{ saleId, listPrice: '10.00', price: '7.50' }] });
    }, WITHIN);
    const listed = async (status: string) => {
      const path = `/api/v1/flash-sales?status=${status}&limit=100`;
      const { body } = await anybody().get<{ items: { saleId: string }[] }>(path);
      return body.items.some((one) => one.saleId === saleId);
    };
    expect([await listed('ACTIVE'), await listed('ENDED')]).toEqual([true, false]);
    expect((await boss.delete(`/api/v1/flash-sales/${saleId}`)).status).toBe(204);
    expect([await listed('ACTIVE'), await listed('ENDED')]).toEqual([false, true]);
  });

  it('is over at once when an administrator ends it; a merchant may not', async () => {
    const [boss, product] = [await admin(), await goods({ price: '20.00' })];
    const endsAt = new Date(Date.now() + 600_000).toISOString();
    const sale = { productIds: [product.productId], price: '9.99', endsAt };
    expect(refusal(await (await merchant()).post('/api/v1/flash-sales', sale))).toEqual([403, 'FORBIDDEN']);
    const { body } = await boss.post<{ saleId: string }>('/api/v1/flash-sales', sale);
    const shown = () =>
      anybody().get<{ items: { price: string }[] }>(`/api/v1/prices/flash?productIds=${product.productId}`);
    expect(await priceOf(product)).toBe('9.99');
    await eventually(
      async () => expect((await shown()).body.items).toMatchObject([{ price: '9.99' }]),
      WITHIN,
    );
    expect((await boss.delete(`/api/v1/flash-sales/${body.saleId}`)).status).toBe(204);
    expect(await priceOf(product)).toBe('20.00');
    await eventually(async () => expect((await shown()).body.items).toEqual([]), WITHIN);
  });
});

describe('a discount code', () => {
  it('that may be used once is had by one of many orders, and comes back when that is canceled', async () => {
    const product = await goods({ price: '10.00' });
    const code = await codeOf({ type: 'PERCENTAGE', value: 10, usageLimit: 1 });
    const shoppers = await Promise.all(Array.from({ length: 12 }, () => shopper()));
    const answers = await Promise.all(shoppers.map((client) => orderWith(client, product, code)));
    const winner = answers.findIndex(({ status }) => status === 201);
    expect(answers[winner]?.body).toMatchObject({ totalAmount: '9.00', discountCodes: [code] });
    const losers = answers.filter((_, index) => index !== winner);
    for (const answer of losers) {
      expect(refusal(answer)).toEqual([422, 'CODE_NOT_APPLICABLE']);
      expect(answer.body.codes).toEqual([{ code, reason: 'USAGE_LIMIT' }]);
    }
    expect(await stockOf(product)).toMatchObject({ reserved: 1 });

    const path = `/api/v1/orders/${answers[winner]?.body.orderId}/cancel`;
    expect((await shoppers[winner]!.post(path, {})).status).toBe(200);
    await eventually(async () => {
      const again = await orderWith(shoppers[winner === 0 ? 1 : 0]!, product, code);
      expect(again.status).toBe(201);
    }, WITHIN);
  });

  it('is used by a paid order', async () => {
    const [client, product] = [await shopper(), await goods({ price: '10.00' })];
    const code = await codeOf({ type: 'FIXED', value: '2.50', currency: 'USD' });
    const placed = await orderWith(client, product, code);
    expect(placed.body).toMatchObject({ totalAmount: '7.50', discountAmount: '2.50' });
    expect((await pay(client, placed.body)).status).toBe(200);
    await eventually(async () => {
      const uses = 'select state from discount_code_uses where order_id = $1';
      expect(await sql('pricing', uses, [placed.body.orderId])).toEqual([{ state: 'USED' }]);
    }, WITHIN);
  });
});

describe('rules', () => {
  it('apply from the answer that made them on, until the one that removed them', async () => {
    const [staff, product] = [await merchant(), await goods({ price: '10.00' })];
    const made = await staff.post<{ promotionId: string; version: number }>('/api/v1/promotions', {
      name: 'Three for two',
      conditions: { productIds: [product.productId] },
      effect: { type: 'BUY_X_GET_Y', buyQty: 2, getQty: 1 },
    });
    expect(made.status).toBe(201);
    expect((await lookUp(product, 3)).body.totalAmount).toBe('20.00');
    const path = `/api/v1/promotions/${made.body.promotionId}`;
    const stale = { expectedVersion: made.body.version + 1, priority: 3 };
    expect(refusal(await staff.patch(path, stale))).toEqual([409, 'VERSION_CONFLICT']);
    expect((await staff.delete(path)).status).toBe(204);
    expect((await lookUp(product, 3)).body.totalAmount).toBe('30.00');
  });

  it('that are too complex are refused with what is allowed', async () => {
    const deep = { all: [{ all: [{ all: [{ all: [{ minQty: 1 }] }] }] }] };
    const rule = { name: 'Deep', conditions: deep, effect: { type: 'FREE_SHIPPING' } };
    const answer = await (await merchant()).post<{ allowed: object }>('/api/v1/promotions', rule);
    expect(refusal(answer)).toEqual([422, 'RULE_TOO_COMPLEX']);
    expect(answer.body.allowed).toMatchObject({ depth: 4 });
    expect((answer.body as { detail?: string }).detail).toBe(
      'the rule is more complex than one may be: 5 levels of conditions, at most 4',
    );
  });
});

describe('a rule that is wrong', () => {
  const once = { name: 'Wrong', startsAt: '2040-01-01T00:00:00Z' };
  const listed = (...prices: object[]) => ({ name: 'Wrong', currency: 'USD', prices });
  it.each([
    ['discount-codes', { code: 'WRONG', type: 'FIXED', value: '-5' }, ['value']],
    ['promotions', { ...once, effect: { type: 'FIXED', amount: '-5' } }, ['effect.amount']],
    ['promotions', { ...once, effect: { type: 'FIXED', value: '0.001' } }, ['effect.value']],
    [
      'promotions',
      {
        ...once,
        conditions: { any: [{ minSubtotal: '-1' }] },
        effect: {
          type: 'TIERED',
          tiers: [
            { minSubtotal: '5', percent: 1 },
            { minSubtotal: '5', percent: 2 },
          ],
        },
      },
      ['conditions.any.0.minSubtotal', 'effect.tiers'],
    ],
    ['promotions', { ...once, effect: { type: 'FREE_SHIPPING' }, excludes: ['nope'] }, ['excludes.0']],
    [
      'price-lists',
      listed({ productId: 'P.1', price: '1' }, { productId: 'P.2', price: '-1.00' }),
      ['prices.1.price'],
    ],
    ['price-lists', listed({ productId: 'P', price: '1' }, { productId: 'P', price: '2' }), ['prices.1']],
    ['price-lists', listed({ productId: 'P', price: '0.001' }), ['prices.0.price']],
    ['flash-sales', { productIds: ['P', 'Q'], price: '-1', endsAt: '2040-01-01T00:00:00Z' }, ['price']],
    ['flash-sales', { productIds: ['P'], price: '1', endsAt: '2020-01-01T00:00:00Z' }, ['endsAt']],
  ])('says where, as it was sent: %s %j', async (path, rule, paths) => {
    const { status, body } = await (
      await admin()
    ).post<{ detail: string; errors?: { path: string; message: string }[] }>(`/api/v1/${path}`, rule);
    expect([status, body.errors?.map((one) => one.path)]).toEqual([400, paths.map((one) => `body.${one}`)]);
    expect(`${body.detail} ${body.errors?.[0]?.message}`).not.toMatch(/[mM]inor|basisPoints|after the start/);
  });
});

describe('with pricing down', { timeout: 120_000 }, () => {
  it('orders are refused with 503 and Retry-After, and nothing is stored or reserved', async () => {
    const [client, product] = [await shopper(), await goods()];
    const key = unique('KEY');
    await without('pricing', async () => {
      const answer = await tryOrder(client, product, { key });
      expect(refusal(answer)).toEqual([503, 'PRICING_UNAVAILABLE']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await stockOf(product)).toMatchObject({ reserved: 0 });
    });
    await eventually(async () => expect((await tryOrder(client, product, { key })).status).toBe(201), {
      within: 60_000,
    });
  });
});
