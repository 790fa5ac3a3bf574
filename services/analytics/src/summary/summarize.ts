import { createHash } from 'node:crypto';
import { formatAmount } from '@tradewind/kernel/money.ts';
import type { StarDatabase } from '#star/database.ts';

/** A day of a tenant in one currency. Amounts are decimal strings. */
export interface CurrencySummary {
  readonly currency: string;
  readonly gross: string;
  readonly refunded: string;
  readonly net: string;
  readonly ordersCreated: number;
  readonly ordersPaid: number;
  readonly ordersCanceled: number;
  readonly ordersExpired: number;
  readonly refunds: number;
  readonly unitsSold: number;
  readonly customers: number;
  /** Of paid orders; null without any. */
  readonly averageOrder: string | null;
}

export interface ProductSummary {
  readonly productId: string;
  readonly sku: string | null;
  readonly name: string | null;
  readonly currency: string;
  readonly qty: number;
  readonly amount: string;
}

export interface SalesSummary {
  readonly currencies: readonly CurrencySummary[];
  readonly topProducts: readonly ProductSummary[];
}

const byCurrency = `
  with money as (
    select currency, sum(amount_minor) filter (where kind = 'CAPTURE') as gross,
      sum(amount_minor) filter (where kind <> 'CAPTURE') as refunded, count(*) filter (where kind = 'REFUND') as refunds
    from fact_order_movements where store_id = $1 and happened_on = $2::date group by currency),
  orders as (
    select currency, count(*) filter (where created_on = $2::date) as created, count(*) filter (where paid_on = $2::date) as paid,
      count(*) filter (where ended_on = $2::date and status = 'CANCELED') as canceled,
      count(*) filter (where ended_on = $2::date and status = 'EXPIRED') as expired,
      count(distinct customer_id) filter (where paid_on = $2::date) as customers
    from fact_orders
    where store_id = $1 and (created_on = $2::date or paid_on = $2::date or ended_on = $2::date) group by currency),
  units as (
    select currency, sum(qty) as units from sold_lines where store_id = $1 and paid_on = $2::date group by currency)
  select currency, coalesce(gross, 0)::bigint as gross, coalesce(refunded, 0)::bigint as refunded,
    coalesce(refunds, 0)::bigint as refunds, coalesce(created, 0)::bigint as created, coalesce(paid, 0)::bigint as paid,
    coalesce(canceled, 0)::bigint as canceled, coalesce(expired, 0)::bigint as expired,
    coalesce(customers, 0)::bigint as customers, coalesce(units, 0)::bigint as units
  from money full join orders using (currency) full join units using (currency) order by currency`;

const TOP = 10;
const topProducts = `
  select product_id as "productId", any_value(sku) as sku, max_by(name, ordered_at) as name, currency,
    sum(qty)::bigint as qty, sum(total_minor)::bigint as amount
  from sold_lines where store_id = $1 and paid_on = $2::date
  group by product_id, currency
  qualify row_number() over (partition by currency order by sum(total_minor) desc, product_id) <= ${TOP}
  order by currency, amount desc, product_id`;

/** The same facts give the same text, so that a rerun can be told from news by its digest. */
export async function summarize(
  star: Pick<StarDatabase, 'read'>,
  storeId: string,
  day: string,
): Promise<{ readonly summary: SalesSummary; readonly digest: string }> {
  type Sums = Readonly<Record<'gross' | 'refunded' | 'refunds' | 'created' | 'paid' | 'canceled', bigint>> &
    Readonly<Record<'expired' | 'customers' | 'units', bigint>> & { readonly currency: string };
  type Product = Omit<ProductSummary, 'qty' | 'amount'> & { readonly qty: bigint; readonly amount: bigint };
  const sums = await star.read<Sums>(byCurrency, [storeId, day]);
  const products = await star.read<Product>(topProducts, [storeId, day]);
  const summary: SalesSummary = {
    currencies: sums.map((sum) => ({
      currency: sum.currency,
      gross: formatAmount(sum.gross, sum.currency),
      refunded: formatAmount(sum.refunded, sum.currency),
      net: formatAmount(sum.gross - sum.refunded, sum.currency),
      ordersCreated: Number(sum.created),
      ordersPaid: Number(sum.paid),
      ordersCanceled: Number(sum.canceled),
      ordersExpired: Number(sum.expired),
      refunds: Number(sum.refunds),
      unitsSold: Number(sum.units),
      customers: Number(sum.customers),
      averageOrder: sum.paid === 0n ? null : formatAmount(sum.gross / sum.paid, sum.currency),
    })),
    topProducts: products.map(({ productId, sku, name, currency, qty, amount }) => ({
      ...{ productId, sku, name, currency },
      qty: Number(qty),
      amount: formatAmount(amount, currency),
    })),
  };
  return { summary, digest: createHash('sha256').update(JSON.stringify(summary)).digest('hex') };
}
