import { openDatabase } from '@tradewind/postgres/database.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProduct, type ProductStack, productStack, readUntilCached, tenant } from '#stack.fixture.ts';

const url = '/api/v1/products';

let stack: ProductStack;

beforeAll(async () => {
  stack = await productStack();
});

afterAll(() => stack?.stop());

describe('product cache', () => {
  async function changeBehindItsBack(productId: string, name: string): Promise<void> {
    const db = openDatabase({ url: stack.database.systemUrl, name: 'product-test' });
    await db.transaction('', (tx) =>
      tx.query('update products set name = $2 where product_id = $1', [productId, name]),
    );
    await db.close();
  }

  it('is invalidated by consumed events only, in every process', async () => {
    const storeId = tenant();
    const one = await stack.client(storeId);
    const two = await stack.client(storeId, { at: 'two' });
    const { productId } = await createProduct(one, 'A');
    const path = `${url}/${productId}`;
    await Promise.all([readUntilCached(one, productId), readUntilCached(two, productId)]);
    await changeBehindItsBack(productId, 'changed without an event');
    expect((await one.get(path)).body).toMatchObject({ name: 'Mug A' });
    expect((await two.get(path)).body).toMatchObject({ name: 'Mug A' });
    await one.put(`${path}/price`, { price: '7.00' });
    for (const client of [one, two]) {
      await eventually(async () =>
        expect((await client.get(path)).body).toMatchObject({
          name: 'changed without an event',
          price: '7.00',
          version: 2,
        }),
      );
    }
    await one.patch(path, { name: 'New' });
    for (const client of [one, two]) {
      await eventually(async () =>
        expect((await client.get(path)).body).toMatchObject({ name: 'New', version: 3 }),
      );
    }
  });

  it.each(['shut', 'hang'] as const)(
    'is slower, not wrong, while Redis does not answer (%s)',
    async (fault) => {
      const storeId = tenant();
      const client = await stack.client(storeId);
      const cached = await createProduct(client, 'CACHED');
      await readUntilCached(client, cached.productId);
      stack.gate[fault]();
      try {
        await client.patch(`${url}/${cached.productId}`, { name: 'New' });
        const fresh = await createProduct(client, 'FRESH');
        expect((await client.get(`${url}/${fresh.productId}`)).body).toEqual(fresh);
        await eventually(async () =>
          expect((await client.get(`${url}/${cached.productId}`)).body).toMatchObject({
            name: 'New',
            version: 2,
          }),
        );
        expect((await client.get('/health/ready')).status).toBe(200);
      } finally {
        stack.gate.open();
      }
      await eventually(async () =>
        expect((await client.get('/health/ready')).body).toMatchObject({ checks: { redis: { ok: true } } }),
      );
      expect((await client.get(`${url}/${cached.productId}`)).body).toMatchObject({
        name: 'New',
        version: 2,
      });
    },
  );
});
