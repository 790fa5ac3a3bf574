import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { onlyPostgres } from '@tradewind/outbox/postgres-store.ts';
import type { StoreKind, StoredRow } from '@tradewind/outbox/projection-store.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { openStores, type Stores } from '@tradewind/projection-stores/open-stores.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { productSearchIndex } from '#projections/product-search-index.ts';
import { SEPARATOR } from './attribute-pairs.ts';
import type { Search } from './found.ts';
import { type ProductSearch, productSearch } from './search.ts';

/** A product as a test says it. */
export interface Item {
  readonly id: string;
  readonly name: string;
  readonly sku?: string;
  readonly description?: string;
  readonly priceMinor?: number;
  readonly currency?: string;
  readonly categoryId?: string | null;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly status?: 'ACTIVE' | 'ARCHIVED';
  readonly available?: number;
  readonly createdAt?: Date;
}

const DAY = new Date('2026-01-01T12:00:00.000Z');

export function rowOf(storeId: string, item: Item): StoredRow {
  const { id, name, sku = `SKU-${id}`, description = '', priceMinor = 1000, currency = 'USD' } = item;
  const { categoryId = null, attributes = {}, status = 'ACTIVE', available = 0, createdAt = DAY } = item;
  const pairs = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const words = [
    name,
    sku.replace(/[-._]+/g, ' '),
    description,
    categoryId ?? '',
    ...pairs.map(([, value]) => value),
  ];
  return {
    ...{ store_id: storeId, product_id: id, sku, name, status, currency, category_id: categoryId },
    words: words.filter((text) => text !== '').join('\n'),
    ...{ price_minor: priceMinor, price: (priceMinor / 100).toFixed(2), image: null, version: 1 },
    attributes: pairs.map(([attribute, value]) => attribute + SEPARATOR + value),
    ...{ locations: {}, on_hand: available, reserved: 0, available },
    inventory_status: available <= 0 ? 'OUT' : available <= 5 ? 'LOW' : 'IN_STOCK',
    ...{ created_at: createdAt.toISOString(), updated_at: createdAt.toISOString() },
    versions: { products: 1 },
  };
}

export interface SearchBench {
  readonly db: Database;
  readonly systemDb: Database;
  readonly ownerUrl: string;
  readonly systemUrl: string;
  readonly stores: Stores;
  readonly products: ProductSearch;
  owner<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** A tenant that nobody else has. */
  tenant(): string;
  /** Puts products where the index stands. */
  put(storeId: string, items: readonly Item[]): Promise<void>;
  search(
    storeId: string,
    search: Partial<Search> & { q: string },
    cursor?: string,
  ): ReturnType<ProductSearch['search']>;
  close(): Promise<void>;
}

/**
 * The search of a process over a database of its own, its index in the given store.
 * @param patienceMs as the process has it; where nothing is away, a slow machine must not look as if something were
 */
export async function searchBench(
  kind: StoreKind,
  opensearchUrl?: string,
  patienceMs = 30_000,
): Promise<SearchBench> {
  const dir = fileURLToPath(new URL('../../migrations', import.meta.url));
  const database = await templateDatabase({ name: 'product', dir });
  const db = openDatabase({ url: database.databaseUrl, name: 'test' });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'test:system' });
  const client = new pg.Client(database.ownerUrl);
  await client.connect();
  const at = opensearchUrl === undefined ? {} : { OPENSEARCH_URL: opensearchUrl };
  const stores = openStores(`test_${randomUUID().slice(0, 8)}`, at, { systemDb });
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const products = productSearch({ db, stores, log, patienceMs });
  const store = kind === 'postgres' ? await onlyPostgres().open(kind) : await stores.open(kind);
  if (kind !== 'postgres') {
    await store.create(productSearchIndex, 1);
    await client.query(`update projections set store = $1 where name = 'product_search_index'`, [kind]);
  }
  return {
    ...{ db, systemDb, stores, products, ownerUrl: database.ownerUrl, systemUrl: database.systemUrl },
    owner: async (text, values = []) => (await client.query(text, [...values])).rows,
    tenant: () => `STORE-${randomUUID().slice(0, 8)}`,
    put: (storeId, items) =>
      db.transaction(storeId, (tx) =>
        store.rows(productSearchIndex, 1).save(
          tx,
          items.map((item) => ({ before: undefined, after: rowOf(storeId, item) })),
        ),
      ),
    search: (storeId, search, cursor) =>
      products.search(
        storeId,
        { locale: 'en', attributes: new Map(), sort: 'relevance', limit: 100, ...search },
        cursor,
      ),
    async close() {
      const { rows } = await client.query<{ version: number }>(
        `select version from projections where name = 'product_search_index'`,
      );
      if (kind !== 'postgres') for (const { version } of rows) await store.drop(productSearchIndex, version);
      await Promise.all([stores.close(), client.end(), db.close(), systemDb.close()]);
      await database.drop();
    },
  };
}
