import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, LOOK_UP_REST_MS } from '@tradewind/postgres/group-commit.ts';
import type { ProductPrice } from './price-lines.ts';

/** Prices of products, of those that are known. */
export type PriceList = (
  storeId: string,
  productIds: readonly string[],
) => Promise<ReadonlyMap<string, ProductPrice>>;

const select = `
  select product_id as "productId", sku, price_minor as price, currency, status = 'ACTIVE' as active
  from product_prices where product_id = any($1) and price_minor is not null`;

/** How long an order waits for a product that the projection has not seen yet: it may have been created just now. */
const GRACE_MS = 1_000;
const PAUSE_MS = 50;

interface Request {
  readonly storeId: string;
  readonly productIds: readonly string[];
}

/** Reads the product_prices projection; concurrent look-ups share one query. */
export function priceList(db: Database): PriceList {
  const read = groupCommit<Request, ReadonlyMap<string, ProductPrice>>({
    groupOf: ({ storeId }) => storeId,
    restMs: LOOK_UP_REST_MS,
    run: (storeId, requests) =>
      db.transaction(storeId, async (tx) => {
        const wanted = new Set(requests.flatMap(({ productIds }) => productIds));
        const rows = await tx.query<ProductPrice>(select, [[...wanted]]);
        const all = new Map(rows.map((row) => [row.productId, row]));
        return requests.map(() => ({ ok: true as const, value: all }));
      }),
  });
  return async (storeId, productIds) => {
    const deadline = performance.now() + GRACE_MS;
    for (;;) {
      const prices = await read({ storeId, productIds });
      if (productIds.every((id) => prices.has(id)) || performance.now() > deadline) return prices;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
}
