import type { Database } from '@tradewind/postgres/database.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import { z } from 'zod';
import { type SummaryRow, summaryOf } from '#product/summary.ts';

export interface SearchQuery {
  readonly q: string;
  readonly categoryId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Found {
  readonly total: number;
  readonly categories: readonly { categoryId: string | null; count: number }[];
  readonly inventory: readonly { inventoryStatus: string; count: number }[];
  readonly items: readonly (SummaryRow & { score: string })[];
}

/** How alike a word must be to count as a typo of it: 0 is anything, 1 the word itself. */
const tolerance = `set local pg_trgm.word_similarity_threshold = 0.42`;

// Words as they stand count before words that are merely alike. Facets count all matches, whatever category was chosen.
const search = `
  with matches as materialized (
    select s.*, round((ts_rank(to_tsvector('simple', coalesce(name, '') || ' ' || coalesce(sku, '') || ' ' ||
        coalesce(description, '')), websearch_to_tsquery('simple', $2)) + word_similarity($2, name))::numeric, 6) as score
    from product_summary s
    where store_id = $1 and status = 'ACTIVE' and (
      to_tsvector('simple', coalesce(name, '') || ' ' || coalesce(sku, '') || ' ' || coalesce(description, ''))
        @@ websearch_to_tsquery('simple', $2)
      or $2 <% name or lower(sku) like $7)
  ), chosen as (
    select * from matches where $3::text is null or category_id = $3
  ), page as (
    select * from chosen where $4::numeric is null or (score, product_id) < ($4::numeric, $5::text)
    order by score desc, product_id desc limit $6
  )
  select (select count(*)::int from chosen) as total,
    (select coalesce(json_agg(json_build_object('categoryId', category_id, 'count', n) order by n desc, category_id), '[]')
       from (select category_id, count(*)::int as n from matches group by 1) c) as categories,
    (select coalesce(json_agg(json_build_object('inventoryStatus', inventory_status, 'count', n) order by n desc), '[]')
       from (select inventory_status, count(*)::int as n from chosen group by 1) i) as inventory,
    (select coalesce(json_agg(json_build_object('productId', product_id, 'sku', sku, 'name', name,
       'priceMinor', price_minor, 'currency', currency, 'categoryId', category_id, 'status', status, 'image', image,
       'available', available, 'inventoryStatus', inventory_status, 'version', version, 'createdAt', created_at,
       'updatedAt', updated_at, 'score', score::text) order by score desc, product_id desc), '[]') from page) as items`;

/** The last row's score and id. */
const place = z.tuple([z.string().regex(/^\d+(\.\d+)?$/), z.string()]);

/** Products of the tenant that a text names, best first: full text, and words that are one typo away. */
export async function searchProducts(
  db: Database,
  storeId: string,
  { q, categoryId, limit, cursor }: SearchQuery,
) {
  const [score, id] = cursor === undefined ? [] : decodeCursor(cursor, place);
  const prefix = `${q.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const values = [storeId, q, categoryId ?? null, score ?? null, id ?? null, limit + 1, prefix];
  const [found] = await db.transaction(storeId, async (tx) => {
    const [, rows] = await Promise.all([tx.execute(tolerance), tx.query<Found>(search, values)]);
    return rows;
  });
  const { total = 0, categories = [], inventory = [], items = [] } = found ?? {};
  const page = items.slice(0, limit);
  const last = page.at(-1);
  const more = items.length > limit && last !== undefined;
  return {
    items: page.map(summaryOf),
    total,
    facets: { categories: [...categories], inventory: [...inventory] },
    nextCursor: more ? encodeCursor([last.score, last.productId]) : null,
  };
}
