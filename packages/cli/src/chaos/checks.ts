import { invariants } from '#reconcile/invariants.ts';
import { lookTwice } from '#reconcile/look-twice.ts';
import { untilQuiet } from '#reconcile/quiet.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { openStack } from '#reconcile/running-stack.ts';
import { checkAll } from '#reconcile/report.ts';
import type { Endpoints } from '#up/endpoints.ts';
import type { Goods } from './goods.ts';
import type { Acknowledged } from './records.ts';

/** For what fired while it was looked. */
const AGAIN_SECONDS = 30;

export interface Broken {
  readonly rule: string;
  readonly subject: string;
  readonly what: string;
}

export interface StoredOrder {
  readonly orderId: string;
  readonly status: string;
}

/** Everything that must hold once the stack is quiet: this run's promises, and every invariant of `tw reconcile`. */
export async function checkRun(
  endpoints: Endpoints,
  goods: readonly Goods[],
  acknowledged: readonly Acknowledged[],
): Promise<Broken[]> {
  const told = new Set(acknowledged.map(({ orderId }) => orderId));
  const stack = openStack(endpoints, told);
  const again = async () => {
    await untilQuiet(stack, AGAIN_SECONDS, () => undefined);
    return openStack(endpoints, told);
  };
  try {
    const outcomes = await checkAll(
      invariants,
      (one) => lookTwice(one, stack, again),
      () => undefined,
    );
    return [
      ...brokenPromises(acknowledged, await storedOrders(stack, [...told])),
      ...oversold(goods, await soldPieces(stack, goods)),
      ...wrongStock(goods, await stockRows(stack, goods)),
      ...outcomes.flatMap(({ id, violations }) => violations.map((one) => ({ rule: id, ...one }))),
    ];
  } finally {
    await stack.close();
  }
}

const storedOrders = (stack: RunningStack, ids: readonly string[]): Promise<StoredOrder[]> =>
  stack.query('order', 'select order_id as "orderId", status from orders where order_id = any($1)', [ids]);

/** A payment or a cancellation that a client was told of stands; the later of both wins. Pure. */
export function brokenPromises(
  acknowledged: readonly Acknowledged[],
  orders: readonly StoredOrder[],
): Broken[] {
  const statuses = new Map(orders.map(({ orderId, status }) => [orderId, status]));
  const byOrder = Map.groupBy(acknowledged, ({ orderId }) => orderId);
  return [...byOrder].flatMap(([subject, promises]): Broken[] => {
    const status = statuses.get(subject);
    const made = (kind: Acknowledged['kind']): boolean => promises.some((one) => one.kind === kind);
    if (status === undefined)
      return [{ rule: 'lost order', subject, what: 'was acknowledged and is not stored' }];
    if (made('cancellation') && status !== 'CANCELED')
      return [{ rule: 'lost cancellation', subject, what: `was acknowledged as canceled and is ${status}` }];
    if (made('payment') && !made('cancellation') && status !== 'PAID')
      return [{ rule: 'lost payment', subject, what: `was acknowledged as paid and is ${status}` }];
    return [];
  });
}

interface Sold {
  readonly productId: string;
  readonly pieces: number;
}

/** Pieces in orders that are open or done, whatever inventory believes. */
const soldPieces = (stack: RunningStack, goods: readonly Goods[]): Promise<Sold[]> =>
  stack.query(
    'order',
    `select i.product_id as "productId", sum(i.qty)::int as pieces
     from order_items i join orders o on o.order_id = i.order_id
     where i.product_id = any($1) and o.status not in ('CANCELED', 'EXPIRED') group by 1`,
    [goods.map(({ productId }) => productId)],
  );

export function oversold(goods: readonly Goods[], sold: readonly Sold[]): Broken[] {
  const pieces = new Map(sold.map((one) => [one.productId, one.pieces]));
  return goods.flatMap(({ productId, sku, stock }) => {
    const taken = pieces.get(productId) ?? 0;
    return taken > stock ? [{ rule: 'oversell', subject: sku, what: `${taken} sold of ${stock}` }] : [];
  });
}

interface StockRow {
  readonly sku: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly held: number;
  readonly committed: number;
}

const stockRows = (stack: RunningStack, goods: readonly Goods[]): Promise<StockRow[]> =>
  stack.query(
    'inventory',
    `select s.sku, s.on_hand as "onHand", s.reserved,
       coalesce(sum(r.qty) filter (where r.state = 'HELD'), 0)::int as held,
       coalesce(sum(r.qty) filter (where r.state = 'COMMITTED'), 0)::int as committed
     from inventory_stock s
       left join stock_reservation r on r.store_id = s.store_id and r.location_id = s.location_id and r.sku = s.sku
     where s.sku = any($1) group by s.store_id, s.location_id, s.sku, s.on_hand, s.reserved`,
    [goods.map(({ sku }) => sku)],
  );

/** What was there at the start is still there or was sold, and what is reserved is what is held. Pure. */
export function wrongStock(goods: readonly Goods[], rows: readonly StockRow[]): Broken[] {
  const bySku = new Map(rows.map((row) => [row.sku, row]));
  return goods.flatMap(({ sku, stock }): Broken[] => {
    const row = bySku.get(sku);
    if (row === undefined) return [{ rule: 'stock', subject: sku, what: 'is gone' }];
    const { onHand, reserved, held, committed } = row;
    if (onHand + committed === stock && reserved === held) return [];
    const what = `${stock} at first; ${onHand} on hand, ${committed} committed; ${reserved} reserved, ${held} held`;
    return [{ rule: 'stock', subject: sku, what }];
  });
}
