import { sql } from 'kysely';
import type { Database } from '@tradewind/postgres/database.ts';
import { queryBuilder } from '@tradewind/postgres/query-builder.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import { z } from 'zod';
import { type SummaryRow, summaryOf } from '#product/summary.ts';

interface Tables {
  product_summary: {
    store_id: string;
    product_id: string;
    sku: string;
    name: string;
    price_minor: bigint;
    price: string;
    currency: string;
    category_id: string | null;
    status: 'ACTIVE' | 'ARCHIVED';
    image: string | null;
    available: number;
    inventory_status: 'IN_STOCK' | 'LOW' | 'OUT';
    version: number;
    created_at: Date;
    updated_at: Date;
  };
}

const builder = queryBuilder<Tables>();

export const sortings = ['createdAt', '-createdAt', 'price', '-price', 'name', '-name'] as const;

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly sort: (typeof sortings)[number];
  readonly status: 'ACTIVE' | 'ARCHIVED';
  readonly categoryId?: string | undefined;
  readonly currency?: string | undefined;
  /** Decimal strings. */
  readonly minPrice?: string | undefined;
  readonly maxPrice?: string | undefined;
}

/** By sort field: its column and what stands in a cursor. */
const orders = {
  createdAt: {
    column: 'created_at',
    type: sql`timestamptz`,
    valueOf: (row: { createdAt: Date }) => row.createdAt.toISOString(),
    value: z.iso.datetime(),
  },
  price: {
    column: 'price',
    type: sql`numeric`,
    valueOf: (row: { price: string }) => row.price,
    value: z.string().regex(/^\d{1,17}(\.\d{1,4})?$/),
  },
  name: { column: 'name', type: sql`text`, valueOf: (row: { name: string }) => row.name, value: z.string() },
} as const;

/** One page of a tenant's products, in a total order, so that a walk over all pages shows each product once. */
export async function listProducts(db: Database, storeId: string, query: ListQuery) {
  const descending = query.sort.startsWith('-');
  const order = orders[query.sort.replace('-', '') as keyof typeof orders];
  const direction = descending ? 'desc' : 'asc';
  let select = builder
    .selectFrom('product_summary')
    .select([
      'product_id as productId',
      'sku',
      'name',
      'price_minor as priceMinor',
      'price',
      'currency',
      'category_id as categoryId',
      'status',
      'image',
      'available',
      'inventory_status as inventoryStatus',
      'version',
      'created_at as createdAt',
      'updated_at as updatedAt',
    ])
    .where('store_id', '=', storeId)
    .where('status', '=', query.status)
    .orderBy(order.column, direction)
    .orderBy('product_id', direction)
    .limit(query.limit + 1);
  if (query.categoryId !== undefined) select = select.where('category_id', '=', query.categoryId);
  if (query.currency !== undefined) select = select.where('currency', '=', query.currency);
  if (query.minPrice !== undefined) select = select.where('price', '>=', query.minPrice);
  if (query.maxPrice !== undefined) select = select.where('price', '<=', query.maxPrice);
  if (query.cursor !== undefined) {
    const place = z.tuple([z.literal(query.sort), order.value, z.string()]);
    const [, value, id] = decodeCursor(query.cursor, place);
    const beyond = sql.raw(descending ? '<' : '>');
    select = select.where(
      sql<boolean>`(${sql.ref(order.column)}, product_id) ${beyond} (${value}::${order.type}, ${id})`,
    );
  }
  const rows = await db.transaction(storeId, (tx) => tx.run(select));
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const more = rows.length > query.limit && last !== undefined;
  return {
    items: page.map((row) => summaryOf(row satisfies SummaryRow)),
    nextCursor: more ? encodeCursor([query.sort, order.valueOf(last), last.productId]) : null,
  };
}
