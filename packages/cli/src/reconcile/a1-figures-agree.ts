import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import { parseAmount } from '@tradewind/kernel/money.ts';
import type { Invariant, Violation } from './invariant.ts';
import type { RunningStack } from './running-stack.ts';

/** A day of a tenant in one currency, in minor units, as somebody tells it. */
export interface DayFigures {
  readonly storeId: string;
  readonly day: string;
  readonly currency: string;
  readonly gross: bigint;
  readonly refunded: bigint;
  readonly orders: bigint;
}

/** Money that went back, as an event of the order tells it. */
export interface GivenBack {
  readonly storeId: string;
  readonly orderId: string;
  readonly day: string;
  readonly currency: string;
  readonly amount: bigint;
}

/** An order that was paid and then canceled: what no refund has given back went with the cancellation. */
export interface CanceledOrder extends Omit<GivenBack, 'amount'> {
  readonly captured: bigint;
}

const dayOf = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD')`;

const paid = `
  select o.store_id as "storeId", ${dayOf('e.occurred_at')} as day, o.currency, sum(o.total_minor)::bigint as gross,
    0::bigint as refunded, count(*) as orders
  from order_events e join orders o on o.order_id = e.order_id
  where e.type = 'ecommerce.order.order.paid.v1' group by 1, 2, 3`;

const canceled = `
  select o.store_id as "storeId", o.order_id as "orderId", ${dayOf('e.occurred_at')} as day, o.currency,
    o.captured_minor as captured
  from order_events e join orders o on o.order_id = e.order_id
  where e.type = 'ecommerce.order.order.canceled.v1' and o.captured_minor > 0`;

const refunds = `
  select order_id as "orderId", version, payload from order_events
  where type = 'ecommerce.order.order.refunded.v1' and (order_id, version) > ($1, $2)
  order by order_id, version limit $3`;

const windows = `
  select store_id as "storeId", day::text as day, currency, gross_minor as gross, refunded_minor as refunded, orders
  from daily_revenue`;

const summaries = `
  select distinct on (store_id, day) store_id as "storeId", day::text as day, summary
  from sales_summary order by store_id, day, revision desc`;

interface Summary {
  readonly storeId: string;
  readonly day: string;
  readonly summary: {
    readonly currencies: readonly { currency: string; gross: string; refunded: string; ordersPaid: number }[];
  };
}

export const figuresAgree: Invariant = {
  id: 'A1',
  title: 'what the windows, the batch summaries and the orders say of each day is the same',
  async check(stack) {
    if (!stack.has('order', 'analytics')) return [];
    const [sold, ended, back, streamed, batch] = await Promise.all([
      stack.query<DayFigures>('order', paid),
      stack.query<CanceledOrder>('order', canceled),
      givenBack(stack),
      stack.query<DayFigures>('analytics', windows),
      stack.query<Summary>('analytics', summaries),
    ]);
    const days = batch.map(({ storeId, day }) => ({ storeId, day }));
    return [
      ...figureMismatches('orders', orderFigures(sold, back, ended), 'windows', streamed),
      ...figureMismatches('windows', onDays(streamed, days), 'summary', batch.flatMap(figuresOf)),
    ];
  },
};

const PAGE = 5_000;

async function givenBack(stack: RunningStack): Promise<GivenBack[]> {
  type Row = { orderId: string; version: number; payload: Buffer };
  const all: GivenBack[] = [];
  let last: Row | undefined;
  for (;;) {
    const place = [last?.orderId ?? '', last?.version ?? 0, PAGE];
    const rows: Row[] = await stack.query<Row>('order', refunds, place);
    for (const { payload } of rows) {
      const event = await stack.schemas.decode(payload);
      if (event.eventType !== 'ecommerce.order.order.refunded.v1') continue;
      const { orderId, currency, amount } = event.payload;
      const day = event.occurredAt.toISOString().slice(0, 10);
      all.push({ storeId: event.storeId, orderId, day, currency, amount: fromDecimal(amount, currency) });
    }
    if (rows.length < PAGE) return all;
    last = rows.at(-1);
  }
}

const figuresOf = ({ storeId, day, summary }: Summary): DayFigures[] =>
  summary.currencies.map(({ currency, gross, refunded, ordersPaid }) => ({
    ...{ storeId, day, currency },
    gross: parseAmount(gross, currency),
    refunded: parseAmount(refunded, currency),
    orders: BigInt(ordersPaid),
  }));

const nameOf = ({ storeId, day, currency }: Pick<DayFigures, 'storeId' | 'day' | 'currency'>): string =>
  `${storeId} ${day} ${currency}`;

const onDays = (
  figures: readonly DayFigures[],
  days: readonly { readonly storeId: string; readonly day: string }[],
): DayFigures[] => {
  const wanted = new Set(days.map(({ storeId, day }) => `${storeId} ${day}`));
  return figures.filter(({ storeId, day }) => wanted.has(`${storeId} ${day}`));
};

/** What the orders say of each day. Pure. */
export function orderFigures(
  paidOrders: readonly DayFigures[],
  back: readonly GivenBack[],
  canceledOrders: readonly CanceledOrder[],
): DayFigures[] {
  const refundedOf = new Map<string, bigint>();
  for (const { orderId, amount } of back) refundedOf.set(orderId, (refundedOf.get(orderId) ?? 0n) + amount);
  const rest = canceledOrders.map(({ captured, ...order }) => ({
    ...order,
    amount: captured - (refundedOf.get(order.orderId) ?? 0n),
  }));
  const figures = new Map(paidOrders.map((one) => [nameOf(one), one]));
  for (const one of [...back, ...rest]) {
    const { storeId, day, currency, amount } = one;
    const known = figures.get(nameOf(one)) ?? { storeId, day, currency, gross: 0n, refunded: 0n, orders: 0n };
    figures.set(nameOf(one), { ...known, refunded: known.refunded + amount });
  }
  return [...figures.values()];
}

/** Days of which two tell different things; a day without money is no day. Pure. */
export function figureMismatches(
  oneName: string,
  one: readonly DayFigures[],
  otherName: string,
  other: readonly DayFigures[],
): Violation[] {
  const told = ({ gross, refunded, orders }: Pick<DayFigures, 'gross' | 'refunded' | 'orders'>): string =>
    `${orders} paid, gross ${gross}, refunded ${refunded}`;
  const nothing = told({ gross: 0n, refunded: 0n, orders: 0n });
  const ours = new Map(one.map((figures) => [nameOf(figures), told(figures)]));
  const theirs = new Map(other.map((figures) => [nameOf(figures), told(figures)]));
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((subject): Violation[] => {
    const [mine, yours] = [ours.get(subject) ?? nothing, theirs.get(subject) ?? nothing];
    return mine === yours ? [] : [{ subject, what: `${oneName}: ${mine}; ${otherName}: ${yours}` }];
  });
}
