import { fileURLToPath } from 'node:url';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { noCache, openGraph } from '@tradewind/graphql/open-graph.fixture.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { counted } from '@tradewind/postgres/counted.fixture.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createProduct } from '#create-product/decide.ts';
import { registerListProducts } from '#list-products/http.ts';
import { listProducts } from '#list-products/query.ts';
import { newMug } from '#product/product.fixture.ts';
import { productStore } from '#store.ts';
import { registerGraphql } from './subgraph.ts';

const ids = Array.from({ length: 20 }, (_, at) => `P-${String(at).padStart(2, '0')}`);
const context = { storeId: 'STORE-1', correlationId: 'test', causationId: null };

let database: TestDatabase;
let db: Database;
let graph: Awaited<ReturnType<typeof openGraph>>;
let watched: ReturnType<typeof counted>;

/** The list's rows, as the projection leaves them. */
const listed = `
  insert into product_summary_v1 (store_id, product_id, sku, name, price_minor, price, currency, status, version, created_at, updated_at)
  select store_id, product_id, sku, name, price_minor, price_minor / 100.0, currency, status, version, created_at, updated_at
  from products`;

beforeAll(async () => {
  const dir = fileURLToPath(new URL('../../migrations', import.meta.url));
  database = await templateDatabase({ name: 'product', dir });
  db = openDatabase({ url: database.databaseUrl, name: 'product graph test' });
  const store = productStore(db, eventEncoder('product-service', createLocalRegistry()), () => undefined);
  const create = (productId: string) =>
    store.handle(
      productId,
      (state, { now }) => createProduct(state, { ...newMug, productId, sku: `SKU-${productId}`, now }),
      { context, create: true },
    );
  await Promise.all(ids.map(create));
  await db.transaction('STORE-1', (tx) => tx.execute(listed));
  watched = counted(db);
  graph = await openGraph('product', (app) => {
    // Nothing is kept, so that each request is counted whole.
    registerListProducts(app, async (storeId, query) =>
      JSON.stringify(await listProducts(watched.db, storeId, query)),
    );
    registerGraphql(app, { db: watched.db, introspection: false, cache: noCache });
  });
});
beforeEach(() => {
  Object.assign(watched.asked, { transactions: 0, statements: 0 });
});
afterAll(async () => {
  await graph.close();
  await db.close();
  await database.drop();
});

describe('twenty products', () => {
  it('of a list are one statement', async () => {
    const { products } = await graph.ask('{ products(first: 20) { id name listPrice } }', {});
    expect(products).toHaveLength(20);
    expect(products).toContainEqual({ id: 'P-07', name: 'Red mug', listPrice: '12.50' });
    expect(watched.asked).toEqual({ transactions: 1, statements: 1 });
  });

  it('with what the list does not tell are one more', async () => {
    const { products } = await graph.ask('{ products(first: 20) { id images attributes { value } } }', {});
    expect(products).toContainEqual({ id: 'P-07', images: newMug.images, attributes: [{ value: 'red' }] });
    expect(watched.asked).toEqual({ transactions: 2, statements: 2 });
  });

  it('that others name are one', async () => {
    const keys = ids.map((id) => ({ id }));
    expect(await graph.entities('Product', keys, 'name')).toEqual(ids.map(() => ({ name: 'Red mug' })));
    expect(watched.asked).toEqual({ transactions: 1, statements: 1 });
  });
});
