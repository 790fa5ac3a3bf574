import type { Database } from '@tradewind/postgres/database.ts';
import type { Product } from '#product/product.ts';
import { type ProductRow, productOf, rowColumns } from '#product/row.ts';

const select = `
  select ${rowColumns}, array(
    select url from product_images i where i.store_id = p.store_id and i.product_id = p.product_id order by position
  ) as images
  from products p where p.store_id = $1 and p.product_id = $2`;

/** A product of the tenant, from the tables. */
export async function findProduct(db: Database, storeId: string, id: string): Promise<Product | undefined> {
  const [row] = await db.transaction(storeId, (tx) => tx.query<ProductRow>(select, [storeId, id]));
  return row && productOf(row);
}
