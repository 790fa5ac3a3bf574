import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** A product as the catalogue sells it. */
export interface CataloguePrice {
  readonly productId: string;
  readonly sku: string | null;
  readonly categoryId: string | null;
  /** Minor units. */
  readonly price: bigint;
  readonly currency: string;
  readonly active: boolean;
}

export interface CataloguePrices {
  /** Of the tenant's rules. */
  readonly revision: bigint;
  /** Of those products that are known. */
  readonly prices: ReadonlyMap<string, CataloguePrice>;
}

// One round trip for both: whoever asks for prices learns with them whether its compiled rules still hold.
const select = `
  select r.revision, p.product_id as "productId", p.sku, p.category_id as "categoryId", p.price_minor as price,
    p.currency, p.status = 'ACTIVE' as active
  from (select coalesce((select revision from rule_revisions where store_id = $1), 0) as revision) r
  left join product_prices p on p.store_id = $1 and p.product_id = any($2) and p.price_minor is not null`;

type Row = { revision: bigint } & { [K in keyof CataloguePrice]: CataloguePrice[K] | null };

export async function cataloguePrices(
  tx: Transaction,
  productIds: readonly string[],
): Promise<CataloguePrices> {
  const rows = await tx.query<Row>(select, [tx.storeId, productIds]);
  const known = rows.filter((row): row is Row & CataloguePrice => row.productId !== null);
  return {
    revision: rows[0]?.revision ?? 0n,
    prices: new Map(known.map((row) => [row.productId, row])),
  };
}
