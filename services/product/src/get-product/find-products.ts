import type { Database } from '@tradewind/postgres/database.ts';
import { type ProductBody, bodyOf } from '#product/representation.ts';
import { type ProductRow, productOf, rowColumns } from '#product/row.ts';

const select = `
  select ${rowColumns}, array(
    select url from product_images i where i.store_id = p.store_id and i.product_id = p.product_id order by position
  ) as images
  from products p where p.store_id = $1 and p.product_id = any($2)`;

/** Products of the tenant as clients see them, by id, in one query; ids that it has not are not there. */
export async function findProducts(
  db: Database,
  storeId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, { version: number; body: ProductBody }>> {
  const rows = await db.transaction(storeId, (tx) => tx.query<ProductRow>(select, [storeId, ids]));
  return new Map(
    rows.map((row) => {
      const body = bodyOf(productOf(row));
      return [body.productId, { version: body.version, body }];
    }),
  );
}
