import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { flashPriceOf } from '#rules/rule-rows.ts';
import { dueAt, type Sale, type SaleStatus } from './decide.ts';

interface Row {
  readonly saleId: string;
  readonly name: string | null;
  readonly productIds: string[];
  readonly basisPoints: number | null;
  readonly priceMinor: bigint | null;
  readonly currency: string | null;
  readonly status: SaleStatus;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly endedAt: Date | null;
  readonly version: number;
  readonly events: number;
  readonly setBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const columns = `
  sale_id as "saleId", name, product_ids as "productIds", basis_points as "basisPoints", price_minor as "priceMinor",
  currency, status, starts_at as "startsAt", ends_at as "endsAt", ended_at as "endedAt", version, events,
  set_by as "setBy", created_at as "createdAt", updated_at as "updatedAt"`;

const find = `select ${columns} from flash_sales where store_id = $1 and sale_id = $2`;
/** `nowait`: who changes prices of a running sale is told at once that somebody else does. */
const locks = { none: find, wait: `${find} for update`, nowait: `${find} for update nowait` };

const page = `
  select ${columns} from flash_sales
  where store_id = $1 and sale_id < $2 and ($3::text is null or status = $3) order by sale_id desc limit $4`;

const upsert = `
  insert into flash_sales (store_id, sale_id, name, product_ids, basis_points, price_minor, currency, status, starts_at,
    ends_at, ended_at, due_at, version, events, set_by, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
  on conflict (store_id, sale_id) do update set name = excluded.name, product_ids = excluded.product_ids,
    basis_points = excluded.basis_points, price_minor = excluded.price_minor, currency = excluded.currency,
    status = excluded.status, starts_at = excluded.starts_at, ends_at = excluded.ends_at, ended_at = excluded.ended_at,
    due_at = excluded.due_at, leased_until = null, version = excluded.version, events = excluded.events,
    set_by = excluded.set_by, updated_at = excluded.updated_at`;

export async function findSale(
  tx: Transaction,
  saleId: string,
  lock: keyof typeof locks,
): Promise<Sale | undefined> {
  const [row] = await tx.query<Row>(locks[lock], [tx.storeId, saleId]);
  return row && saleOf(row);
}

export async function listSales(
  tx: Transaction,
  { before, status, limit }: { before: string; status: SaleStatus | undefined; limit: number },
): Promise<Sale[]> {
  return (await tx.query<Row>(page, [tx.storeId, before, status ?? null, limit])).map(saleOf);
}

export async function saveSale(tx: Transaction, sale: Sale): Promise<void> {
  const { saleId, name, productIds, price, status, startsAt, endsAt, endedAt } = sale;
  const fixed = 'currency' in price ? price : undefined;
  await tx.query(upsert, [
    ...[tx.storeId, saleId, name, productIds, 'basisPoints' in price ? price.basisPoints : null],
    ...[fixed?.unitMinor ?? null, fixed?.currency ?? null, status, startsAt, endsAt, endedAt, dueAt(sale)],
    ...[sale.version, sale.events, sale.setBy, sale.createdAt, sale.updatedAt],
  ]);
}

const saleOf = ({ basisPoints, priceMinor, currency, ...row }: Row): Sale => ({
  ...row,
  price: flashPriceOf({ basisPoints, priceMinor, currency }),
});
