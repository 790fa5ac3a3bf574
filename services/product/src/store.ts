import {
  type Change,
  type CommandStore,
  createStore,
  type Versioned,
} from '@tradewind/outbox/command-store.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { productError } from '#errors.ts';
import type { ProductEvent } from '#product/events.ts';
import { evolve, type ProductState } from '#product/product.ts';
import { type ProductRow, productOf, rowColumns } from '#product/row.ts';
import { closedPrices, openedPrices } from './price-rows.ts';

export type ProductStore = Pick<CommandStore<ProductState, ProductEvent>, 'handle'>;
type ProductChange = Change<ProductState, ProductEvent>;

const lock = `
  select ${rowColumns} from products p where store_id = $1 and product_id = any($2)
  order by product_id for update`;

// A statement of its own: one that waits for the row lock would see the images of before the wait.
const selectImages = `
  select product_id as "productId", array_agg(url order by position) as urls
  from product_images where store_id = $1 and product_id = any($2) group by product_id`;

// Creations insert, changes update; SKUs in order, so that concurrent batches meet in one order.
const upsert = `
  insert into products (store_id, product_id, sku, name, description, price_minor, currency, price_since, category_id,
    attributes, status, version, created_at, updated_at)
  select $1, product_id, sku, name, description, price_minor, currency, price_since, category_id, attributes, status,
    version, created_at, updated_at
  from json_populate_recordset(null::products, $2) order by sku
  on conflict (store_id, product_id) do update set name = excluded.name, description = excluded.description,
    price_minor = excluded.price_minor, price_since = excluded.price_since, category_id = excluded.category_id,
    attributes = excluded.attributes, status = excluded.status, version = excluded.version,
    updated_at = excluded.updated_at`;

const closePrices = `
  update product_price_history h set valid_to = r.valid_to
  from json_to_recordset($2) as r (product_id text, valid_to timestamptz)
  where h.store_id = $1 and h.product_id = r.product_id and h.is_current`;

const openPrices = `
  insert into product_price_history (store_id, product_id, version, price_minor, currency, valid_from, valid_to, changed_by)
  select $1, product_id, version, price_minor, currency, valid_from, valid_to, changed_by
  from json_populate_recordset(null::product_price_history, $2)`;

const deleteImages = `delete from product_images where store_id = $1 and product_id = any($2)`;

const insertImages = `
  insert into product_images (store_id, product_id, position, url)
  select $1, product_id, position, url from json_populate_recordset(null::product_images, $2)`;

/** Products are stored as they stand; each change leaves its events in the outbox, and each price its history row. */
export function productStore(db: Database, encoder: EventEncoder, onCommit: () => void): ProductStore {
  const store = createStore<ProductState, ProductEvent>({
    db,
    encoder,
    initial: undefined,
    evolve,
    load,
    save,
    onCommit,
  });
  return {
    async handle(key, decide, options) {
      try {
        return await store.handle(key, decide, options);
      } catch (error) {
        throw violatedConstraint(error) === 'products_sku'
          ? productError('SKU_TAKEN', { cause: error })
          : error;
      }
    },
  };
}

async function load(tx: Transaction, keys: readonly string[]): Promise<Map<string, Versioned<ProductState>>> {
  const [rows, images] = await Promise.all([
    tx.query<ProductRow>(lock, [tx.storeId, keys]),
    tx.query<{ productId: string; urls: string[] }>(selectImages, [tx.storeId, keys]),
  ]);
  const urls = new Map(images.map((row) => [row.productId, row.urls]));
  return new Map(
    rows.map((row) => [
      row.productId,
      { state: productOf({ ...row, images: urls.get(row.productId) ?? [] }), version: row.version },
    ]),
  );
}

async function save(tx: Transaction, changes: readonly ProductChange[]): Promise<void> {
  const products = changes.flatMap(({ state }) => state ?? []);
  const closed = changes.flatMap(closedPrices);
  const opened = changes.flatMap(openedPrices);
  const pictured = changes.filter(({ before, state }) => before.state?.images !== state?.images);
  const images = pictured.flatMap(({ key, state }) =>
    (state?.images ?? []).map((url, position) => ({ product_id: key, position, url })),
  );
  const run = async (text: string, rows: readonly object[]) => {
    if (rows.length > 0) await tx.query(text, [tx.storeId, JSON.stringify(rows)]);
  };
  const redrawn = pictured.filter(({ before }) => before.version > 0).map(({ key }) => key);
  await Promise.all([
    run(
      upsert,
      products.map((product) => ({
        product_id: product.productId,
        sku: product.sku,
        name: product.name,
        description: product.description,
        price_minor: String(product.priceMinor),
        currency: product.currency,
        price_since: product.priceSince,
        category_id: product.categoryId,
        attributes: product.attributes,
        status: product.status,
        version: product.version,
        created_at: product.createdAt,
        updated_at: product.updatedAt,
      })),
    ),
    run(closePrices, closed),
    run(openPrices, opened),
    redrawn.length > 0 ? tx.query(deleteImages, [tx.storeId, redrawn]) : undefined,
    run(insertImages, images),
  ]);
}
