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
  readonly productId: string;
  readonly listMinor: bigint;
  readonly currency: string;
}

const select = `
  select s.store_id as "storeId", s.sale_id as "saleId", s.events, s.basis_points as "basisPoints",
    s.price_minor as "priceMinor", s.ends_at as "endsAt", p.product_id as "productId", p.price_minor as "listMinor",
    p.currency
  from flash_sales s
  join product_prices p on p.store_id = s.store_id and p.product_id = any(s.product_ids)
    and p.status = 'ACTIVE' and (s.currency is null or s.currency = p.currency)
  where s.status = 'ACTIVE' and s.ends_at > now()`;
const ofProducts = `${select} and s.store_id = $1 and p.product_id = any($2)`;

function priceOf({ saleId, basisPoints, priceMinor, listMinor, currency, endsAt }: Row): FlashPrice {
  const price = priceMinor ?? listMinor - percentOf(listMinor, basisPoints ?? 0);
  return {
    ...{ saleId, currency, endsAt: endsAt.getTime() },
    ...{ price: String(price), listPrice: String(listMinor) },
  };
}

/** Every tenant's sales that run, as their last events told them. */
export async function runningSales(systemDb: Database): Promise<FlashState[]> {
  const rows = await systemDb.transaction('', (tx) => tx.query<Row>(select));
  const bySale = Map.groupBy(rows, ({ storeId, saleId }) => `${storeId} ${saleId}`);
  return [...bySale.values()].flatMap((sale): FlashState[] => {
    const [first] = sale;
    if (!first) return [];
    const prices = Object.fromEntries(sale.map((row) => [row.productId, priceOf(row)]));
    const { storeId, saleId, events: version, endsAt } = first;
    return [{ storeId, saleId, version, prices, endsAt: endsAt.getTime() }];
  });
}

/** What the map would say. */
export async function flashPricesOf(
  tx: Transaction,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, FlashPrice[]>> {
  const rows = await tx.query<Row>(ofProducts, [tx.storeId, productIds]);
  const byProduct = Map.groupBy(rows, ({ productId }) => productId);
  return new Map(productIds.map((id) => [id, (byProduct.get(id) ?? []).map(priceOf)]));
}
