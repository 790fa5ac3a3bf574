import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { percentOf } from '#engine/rounding.ts';
import type { FlashPrice, FlashState } from './flash-map.ts';

interface Row {
  readonly storeId: string;
  readonly saleId: string;
  readonly events: number;
  readonly basisPoints: number | null;
  readonly priceMinor: bigint | null;
  readonly endsAt: Date;
}

/** One of its products that is sold. */
interface ProductRow extends Row {
  readonly productId: string;
  readonly listMinor: bigint;
  readonly currency: string;
}
type SaleRow = Row & { readonly [K in keyof Omit<ProductRow, keyof Row>]: ProductRow[K] | null };
const hasProduct = (row: SaleRow): row is ProductRow => row.productId !== null;

const select = `
  select s.store_id as "storeId", s.sale_id as "saleId", s.events, s.basis_points as "basisPoints",
    s.price_minor as "priceMinor", s.ends_at as "endsAt", p.product_id as "productId", p.price_minor as "listMinor",
    p.currency
  from flash_sales s
  left join product_prices p on p.store_id = s.store_id and p.product_id = any(s.product_ids)
    and p.status = 'ACTIVE' and (s.currency is null or s.currency = p.currency)
  where s.status = 'ACTIVE' and s.ends_at > now()`;
const inOrder = ' order by s.store_id, s.sale_id, p.product_id';
const all = `${select}${inOrder}`;
const withProduct = `${select} and s.store_id = $1 and $2 = any(s.product_ids)${inOrder}`;
const ofProducts = `${select} and s.store_id = $1 and p.product_id = any($2)`;

function priceOf({ saleId, basisPoints, priceMinor, listMinor, currency, endsAt }: ProductRow): FlashPrice {
  const price = priceMinor ?? listMinor - percentOf(listMinor, basisPoints ?? 0);
  return {
    ...{ saleId, currency, endsAt: endsAt.getTime() },
    ...{ price: String(price), listPrice: String(listMinor) },
  };
}

/** Every tenant's sales that run, at the prices of this moment. */
export const runningSales = async (systemDb: Database): Promise<FlashState[]> =>
  statesIn(await systemDb.transaction('', (tx) => tx.query<SaleRow>(all)));

/** The tenant's sales that run and have the product. */
export const runningSalesWith = async (tx: Transaction, productId: string): Promise<FlashState[]> =>
  statesIn(await tx.query<SaleRow>(withProduct, [tx.storeId, productId]));

function statesIn(rows: readonly SaleRow[]): FlashState[] {
  const bySale = Map.groupBy(rows, ({ storeId, saleId }) => `${storeId} ${saleId}`);
  return [...bySale.values()].flatMap((sale): FlashState[] => {
    const [first] = sale;
    if (!first) return [];
    const sold = sale.filter(hasProduct);
    const prices = Object.fromEntries(sold.map((row) => [row.productId, priceOf(row)]));
    const { storeId, saleId, events: version, endsAt } = first;
    return [{ storeId, saleId, version, prices, endsAt: endsAt.getTime() }];
  });
}

/** What the map would say. */
export async function flashPricesOf(
  tx: Transaction,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, FlashPrice[]>> {
  const rows = await tx.query<ProductRow>(ofProducts, [tx.storeId, productIds]);
  const byProduct = Map.groupBy(rows, ({ productId }) => productId);
  return new Map(productIds.map((id) => [id, (byProduct.get(id) ?? []).map(priceOf)]));
}
