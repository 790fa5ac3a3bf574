import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { pageQuery } from '#stock/input.ts';
import { bodyOf, stockBody } from '#stock/representation.ts';
import type { StockRow } from '#stock/stock.ts';

// Scans the tenant's stock: an index on what changes with every sale would cost each sale more than this ever does.
const select = `
  select product_id as "productId", sku, location_id as "storeId", on_hand as "onHand", reserved, version,
    reorder_point as "reorderPoint", updated_at as "updatedAt"
  from inventory_stock
  where store_id = $1 and on_hand - reserved <= reorder_point and (location_id, sku) > ($2, $3)
  order by location_id, sku limit $4`;

const position = z.tuple([z.string(), z.string()]);
const tags = ['stock'];
const lowBody = z.object({ items: z.array(stockBody), nextCursor: z.string().nullable() });
const reorderItem = z.object({ ...stockBody.shape, suggestedQty: z.int() });
const reorderBody = z.object({ items: z.array(reorderItem), nextCursor: z.string().nullable() });

async function lowStock(db: Database, tenant: string, { limit, cursor }: z.infer<typeof pageQuery>) {
  const [location, sku] = cursor === undefined ? ['', ''] : decodeCursor(cursor, position);
  const rows = await db.transaction(tenant, (tx) =>
    tx.query<StockRow>(select, [tenant, location, sku, limit + 1]),
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = rows.length > limit && last ? encodeCursor([last.storeId, last.sku]) : null;
  return { items, nextCursor };
}

/** Pieces to buy so that twice the reorder point is for sale again. */
const suggestedQty = (row: StockRow): number =>
  Math.max(2 * (row.reorderPoint ?? 0) - (row.onHand - row.reserved), 1);

export function registerLowStock(app: HttpApp, db: Database): void {
  const config = { access: ['MERCHANT', 'ADMIN', 'SERVICE'], permission: 'inventory:read' } as const;
  app.get(
    '/api/v1/inventory/low-stock',
    {
      config,
      schema: {
        ...{ tags, summary: 'Stock at or below its reorder point', querystring: pageQuery },
        response: { 200: lowBody, 400: problem, 401: problem, 403: problem },
      },
    },
    async (request) => {
      const { items, nextCursor } = await lowStock(db, principalOf(request).storeId, request.query);
      return { items: items.map(bodyOf), nextCursor };
    },
  );
  app.get(
    '/api/v1/inventory/reorder',
    {
      config,
      schema: {
        ...{ tags, summary: 'What to buy: low stock with a quantity', querystring: pageQuery },
        response: { 200: reorderBody, 400: problem, 401: problem, 403: problem },
      },
    },
    async (request) => {
      const { items, nextCursor } = await lowStock(db, principalOf(request).storeId, request.query);
      return { items: items.map((row) => ({ ...bodyOf(row), suggestedQty: suggestedQty(row) })), nextCursor };
    },
  );
}
