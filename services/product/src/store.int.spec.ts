import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveProduct } from '#archive-product/decide.ts';
import { changePrice } from '#change-price/decide.ts';
import { createProduct } from '#create-product/decide.ts';
import { findProduct } from '#get-product/find-product.ts';
import { newMug } from '#product/product.fixture.ts';
import { updateProduct } from '#update-product/decide.ts';
import { productStore, type ProductStore } from './store.ts';

let database: TestDatabase;
let db: Database;
let system: Database;
let store: ProductStore;

beforeAll(async () => {
  const dir = fileURLToPath(new URL('../migrations', import.meta.url));
  database = await templateDatabase({ name: 'product', dir });
  db = openDatabase({ url: database.databaseUrl, name: 'product-store-test' });
  system = openDatabase({ url: database.systemUrl, name: 'product-store-test' });
  store = productStore(db, eventEncoder('product-service', createLocalRegistry()), () => undefined);
});

afterAll(async () => {
  await db?.close();
  await system?.close();
  await database?.drop();
});

const tenant = () => `STORE-${randomUUID().slice(0, 8)}`;
const contextIn = (storeId: string) => ({
  context: { storeId, correlationId: newId(), causationId: null },
});
const anyVersion = { expectedVersion: undefined };

function create(storeId: string, sku: string) {
  const productId = newId();
  const options = { ...contextIn(storeId), create: true };
  return store.handle(
    productId,
    (state, { now }) => createProduct(state, { ...newMug, productId, sku, now }),
    options,
  );
}

const setPrice = (storeId: string, id: string, price: string) =>
  store.handle(
    id,
    (state, { now }) =>
      changePrice(state, { price, currency: undefined, changedBy: 'USER-1', ...anyVersion, now }),
    contextIn(storeId),
  );

interface Interval {
  readonly price: bigint;
  readonly from: Date;
  readonly to: Date | null;
  readonly current: boolean;
}

const history = (storeId: string, id: string) =>
  db.transaction(storeId, (tx) =>
    tx.query<Interval>(
      `select price_minor as price, valid_from as "from", valid_to as "to", is_current as current
       from product_price_history where product_id = $1 order by version`,
      [id],
    ),
  );

describe('product store', () => {
  it('gives a SKU to one of many concurrent creations, and its neighbours are not harmed', async () => {
    const storeId = tenant();
    const other = Array.from({ length: 8 }, (_, index) => create(storeId, `OTHER-${index}`));
    const same = Array.from({ length: 12 }, () => create(storeId, 'SAME'));
    const outcomes = await Promise.allSettled(same);
    await Promise.all(other);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'SKU_TAKEN' });
    }
    const events = await db.transaction(storeId, (tx) => tx.query('select 1 from outbox'));
    expect(events).toHaveLength(9);
  });

  it('lets another tenant use the SKU', async () => {
    const [mine, yours] = [tenant(), tenant()];
    await create(mine, 'MUG');
    expect(await create(yours, 'MUG')).toMatchObject({ version: 1 });
  });

  it('reads back what was stored, images in their order', async () => {
    const storeId = tenant();
    const { state } = await create(storeId, 'MUG');
    const id = state?.productId ?? '';
    expect(await findProduct(db, storeId, id)).toEqual(state);
    const images = ['/c.jpg', '/a.jpg', '/b.jpg'];
    const updated = await store.handle(
      id,
      (before, { now }) => updateProduct(before, { patch: { images, name: 'Mugs' }, ...anyVersion, now }),
      contextIn(storeId),
    );
    expect(await findProduct(db, storeId, id)).toEqual(updated.state);
    expect(updated.state?.images).toEqual(images);
  });

  it('writes one price after the other, without gap or overlap, however they come', async () => {
    const storeId = tenant();
    const id = (await create(storeId, 'MUG')).state?.productId ?? '';
    await Promise.all(['9.00', '8.00', '7.00'].map((price) => setPrice(storeId, id, price)));
    await setPrice(storeId, id, '6.00');
    const rows = await history(storeId, id);
    expect(rows.map(({ price }) => price)).toEqual([1250n, 900n, 800n, 700n, 600n]);
    expect(rows.map(({ current }) => current)).toEqual([false, false, false, false, true]);
    rows.slice(1).forEach((row, index) => expect(rows[index]?.to).toEqual(row.from));
  });

  it('refuses overlapping prices in the database itself', async () => {
    const storeId = tenant();
    const id = (await create(storeId, 'MUG')).state?.productId ?? '';
    const overlapping = db.transaction(storeId, (tx) =>
      tx.query(
        `insert into product_price_history (store_id, product_id, version, price_minor, currency, valid_from, valid_to)
         values ($1, $2, 99, 1, 'USD', now() + interval '1 hour', now() + interval '2 hours')`,
        [storeId, id],
      ),
    );
    const error = await overlapping.catch((thrown: unknown) => thrown);
    expect(violatedConstraint(error)).toBe('price_history_no_overlap');
  });

  it('carries out one of two changes that build on the same version', async () => {
    const storeId = tenant();
    const id = (await create(storeId, 'MUG')).state?.productId ?? '';
    const rename = (name: string) =>
      store.handle(
        id,
        (state, { now }) => updateProduct(state, { patch: { name }, expectedVersion: 1, now }),
        contextIn(storeId),
      );
    const outcomes = await Promise.allSettled([rename('a'), rename('b')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('numbers its events densely and archives once', async () => {
    const storeId = tenant();
    const id = (await create(storeId, 'MUG')).state?.productId ?? '';
    await setPrice(storeId, id, '9.00');
    const archive = () =>
      store.handle(id, (state, { now }) => archiveProduct(state, { ...anyVersion, now }), contextIn(storeId));
    await archive();
    expect(await archive()).toMatchObject({ events: 0, version: 3 });
    const events = await db.transaction(storeId, (tx) =>
      tx.query<{ version: number }>(`select aggregate_version as version from outbox order by id`),
    );
    expect(events.map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it.each(['products', 'product_price_history', 'product_images'])(
    'shows nothing of another tenant in %s, though a query forgets to ask',
    async (table) => {
      const [mine, yours] = [tenant(), tenant()];
      await create(mine, 'MUG');
      await create(yours, 'MUG');
      const select = `select distinct store_id as "storeId" from ${table}`;
      const seen = await db.transaction(mine, (tx) => tx.execute<{ storeId: string }>(select));
      expect(seen).toEqual([{ storeId: mine }]);
      const all = await system.transaction('', (tx) => tx.execute<{ storeId: string }>(select));
      expect(all.length).toBeGreaterThan(1);
    },
  );

  it('cannot be written into another tenant', async () => {
    const [mine, yours] = [tenant(), tenant()];
    const foreign = db.transaction(mine, (tx) =>
      tx.query(
        `insert into product_translations (store_id, product_id, locale, name, updated_at) values ($1, 'P', 'de', 'x', now())`,
        [yours],
      ),
    );
    await expect(foreign).rejects.toMatchObject({ code: '42501' });
  });
});
