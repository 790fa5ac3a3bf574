import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { ask, codesOf, dataOf } from './graphql.fixture.ts';
import { goods, type Order, shopper, stockPath } from './shop.fixture.ts';
import { admin, anybody, as, merchant, stack, unique } from './stack.fixture.ts';
import { redisCommand } from './redis.fixture.ts';

interface Shown {
  readonly product: {
    readonly name: string;
    readonly listPrice: string;
    readonly inventory: { readonly available: number } | null;
  };
}

const PRODUCT = 'query ($id: ID!) { product(id: $id) { name listPrice currency inventory { available } } }';
const PLACE =
  'mutation ($input: PlaceOrderInput!, $key: String) { placeOrder(input: $input, idempotencyKey: $key) { orderId status totalAmount currency userId version } }';

describe('reads', () => {
  it('show everybody a product and what of it is for sale', async () => {
    const product = await goods({ onHand: 7 });
    await eventually(async () =>
      expect((await dataOf<Shown>(anybody(), PRODUCT, { id: product.productId })).product).toEqual({
        name: 'Test goods',
        listPrice: '12.50',
        currency: 'USD',
        inventory: { available: 7 },
      }),
    );
    const levels = '{ productInventory(id: "ID") { available onHand stores { storeId onHand } } }';
    const query = levels.replace('ID', product.productId);
    const asked = await ask(anybody(), query);
    expect(asked.body.data).toEqual({ productInventory: { available: 7, onHand: null, stores: null } });
    expect(codesOf(asked)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    expect(await dataOf(await shopper(), query)).toEqual({
      productInventory: { available: 7, onHand: 7, stores: [{ storeId: 'STORE-1', onHand: 7 }] },
    });
  });

  it('list products as REST does, page by page', async () => {
    const made = await Promise.all([goods(), goods(), goods()]);
    const query = `query ($after: String) { productPage(first: 2, after: $after) {
      items { productId description attributes { name } inventory { available } } nextCursor } }`;
    interface Page {
      readonly productPage: {
        readonly items: readonly { productId: string }[];
        readonly nextCursor: string | null;
      };
    }
    await eventually(async () => {
      const first = (await dataOf<Page>(anybody(), query)).productPage;
      const second = (await dataOf<Page>(anybody(), query, { after: first.nextCursor })).productPage;
      const ids = [...first.items, ...second.items].map(({ productId }) => productId);
      expect(new Set(ids).size).toBe(4);
      for (const { productId } of made) expect(ids).toContain(productId);
    });
  });

  it('know no product of another tenant, with or without a token', async () => {
    const { productId } = await goods({ storeId: 'STORE-2' });
    const variables = { id: productId };
    for (const client of [anybody(), await shopper()]) {
      const answer = await ask(client, PRODUCT, variables);
      expect([answer.body.data, codesOf(answer)]).toEqual([{ product: null }, ['PRODUCT_NOT_FOUND']]);
    }
    const theirs = await as({ storeId: 'STORE-2' });
    expect((await dataOf<Shown>(theirs, PRODUCT, variables)).product.name).toBe('Test goods');
    const { body } = await anybody().post('/graphql?store=STORE-2', { query: PRODUCT, variables });
    expect(body).toMatchObject({ data: { product: { name: 'Test goods' } } });
  });

  it('forget what they remembered when an event arrives', async () => {
    const product = await goods({ onHand: 5 });
    const key = `gql:product:${product.productId}`;
    const shown = async () => (await dataOf<Shown>(anybody(), PRODUCT, { id: product.productId })).product;
    await eventually(async () => {
      expect(await shown()).toMatchObject({ listPrice: '12.50', inventory: { available: 5 } });
      const known = (await redisCommand('hvals', key)) as string[];
      expect(known.filter((value) => value.includes('{'))).toHaveLength(2);
    });
    expect(Number(await redisCommand('pttl', key))).toBeLessThanOrEqual(30_000);
    await (await admin()).put(`/api/v1/products/${product.productId}/price`, { price: '9.90' });
    await (await merchant()).post(`${stockPath(product)}/adjust`, { delta: -2, reason: 'DAMAGED' });
    await eventually(
      async () => expect(await shown()).toMatchObject({ listPrice: '9.90', inventory: { available: 3 } }),
      { within: 5_000 },
    );
  });
});

describe('mutations', () => {
  it('are those of REST: an order from its placing to its payment', async () => {
    const client = await shopper();
    const product = await goods();
    const input = { items: [{ productId: product.productId, qty: 2 }] };
    const variables = { input, key: unique('KEY') };
    const placed = await eventually(() => dataOf<{ placeOrder: Order }>(client, PLACE, variables));
    expect(placed.placeOrder).toMatchObject({ status: 'PENDING', totalAmount: '25.00', currency: 'USD' });
    // The reply got lost: the same once more is the same order.
    expect(await dataOf(client, PLACE, variables)).toEqual(placed);
    const { orderId } = placed.placeOrder;
    expect((await client.get<Order>(`/api/v1/orders/${orderId}`)).body).toMatchObject({
      ...placed.placeOrder,
      items: [{ productId: product.productId, qty: 2 }],
    });
    const pay =
      'mutation ($id: ID!, $key: String) { payOrder(orderId: $id, idempotencyKey: $key) { status } }';
    expect(await dataOf(client, pay, { id: orderId, key: unique('PAY') })).toEqual({
      payOrder: { status: 'PAID' },
    });
    const mine =
      '{ myOrders(first: 5) { orderId status items { total product { sku inventory { available } } } history { status } } }';
    await eventually(async () =>
      expect(await dataOf(client, mine)).toEqual({
        myOrders: [
          {
            ...{ orderId, status: 'PAID' },
            items: [{ total: '25.00', product: { sku: product.sku, inventory: { available: 98 } } }],
            history: ['PENDING', 'PAYMENT_PENDING', 'PAID'].map((status) => ({ status })),
          },
        ],
      }),
    );
  });

  it('refuse what REST refuses, under the same codes', async () => {
    const client = await shopper();
    const product = await goods({ onHand: 1 });
    const order = (productId: string, qty: number, extra: object = {}) => ({
      input: { items: [{ productId, qty }] },
      key: unique('KEY'),
      ...extra,
    });
    const refusals: [Awaited<ReturnType<typeof shopper>>, string, object, string][] = [
      [client, PLACE, order('no-such-product', 1), 'UNKNOWN_PRODUCT'],
      [client, PLACE, order(product.productId, 0), 'VALIDATION_FAILED'],
      [client, PLACE, order(product.productId, 1, { key: null }), 'IDEMPOTENCY_KEY_REQUIRED'],
      [anybody(), PLACE, order(product.productId, 1), 'UNAUTHENTICATED'],
      [client, 'mutation { cancelOrder(orderId: "nobody") { status } }', {}, 'ORDER_NOT_FOUND'],
      [client, 'mutation { fulfillOrder(orderId: "nobody") { status } }', {}, 'FORBIDDEN'],
      [
        client,
        'mutation ($id: ID!) { changeProductPrice(id: $id, price: "1.00") { listPrice } }',
        { id: product.productId },
        'FORBIDDEN',
      ],
    ];
    for (const [who, query, variables, code] of refusals) {
      const answer = await ask(who, query, variables);
      expect([answer.status, codesOf(answer)], query).toEqual([200, [code]]);
    }
    await eventually(async () =>
      expect(codesOf(await ask(client, PLACE, order(product.productId, 2)))).toEqual(['INSUFFICIENT_STOCK']),
    );
  });

  it("hide somebody else's order", async () => {
    const [client, stranger] = [await shopper(), await shopper()];
    const product = await goods();
    const variables = { input: { items: [{ productId: product.productId, qty: 1 }] }, key: unique('KEY') };
    const { placeOrder } = await eventually(() => dataOf<{ placeOrder: Order }>(client, PLACE, variables));
    const read = 'query ($id: ID!) { order(id: $id) { status } }';
    const cancel = 'mutation ($id: ID!) { cancelOrder(orderId: $id, reason: null) { status } }';
    const id = { id: placeOrder.orderId };
    for (const query of [read, cancel])
      expect(codesOf(await ask(stranger, query, id))).toEqual(['ORDER_NOT_FOUND']);
    expect(await dataOf(client, cancel, id)).toEqual({ cancelOrder: { status: 'CANCELED' } });
  });

  it('keep the catalogue and the stock', async () => {
    const [boss, sku] = [await admin(), unique('GQL')];
    const create = `mutation ($input: CreateProductInput!) { createProduct(input: $input) { id version attributes { name value } } }`;
    const input = {
      ...{ sku, name: 'Mug', price: '3.00', currency: 'USD', description: 'Holds 300 ml' },
      attributes: [{ name: 'color', value: 'red' }],
    };
    const { createProduct } = await dataOf<{ createProduct: { id: string; version: number } }>(boss, create, {
      input,
    });
    expect(createProduct).toMatchObject({ version: 1, attributes: [{ name: 'color', value: 'red' }] });
    const change = `mutation ($id: ID!, $sku: String!) {
      updateProduct(id: $id, input: { description: null }, expectedVersion: 1) { description version }
      changeProductPrice(id: $id, price: "2.50") { listPrice }
      setStock(storeId: "STORE-1", sku: $sku, input: { productId: $id, onHand: 4 }) { available }
      adjustStock(storeId: "STORE-1", sku: $sku, delta: -1, reason: "DAMAGED") { onHand }
      archiveProduct(id: $id) { status } }`;
    expect(await dataOf(boss, change, { id: createProduct.id, sku })).toEqual({
      updateProduct: { description: null, version: 2 },
      changeProductPrice: { listPrice: '2.50' },
      setStock: { available: 4 },
      adjustStock: { onHand: 3 },
      archiveProduct: { status: 'ARCHIVED' },
    });
    const stale = await ask(
      boss,
      'mutation ($id: ID!) { updateProduct(id: $id, input: { name: "New" }, expectedVersion: 1) { name } }',
      { id: createProduct.id },
    );
    expect(codesOf(stale)).toEqual(['VERSION_CONFLICT']);
  });
});

it('a subgraph may be asked directly, under the same rules', async () => {
  expect(Object.keys(stack.services)).toEqual(expect.arrayContaining(['product', 'order']));
  expect(codesOf(await ask(anybody('order'), '{ myOrders { orderId } }'))).toEqual(['UNAUTHENTICATED']);
  const forged = { headers: { authorization: 'Bearer a.b.c' } };
  const answer = await anybody('product').post('/graphql', { query: '{ products { id } }' }, forged);
  expect([answer.status, answer.body]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
});
