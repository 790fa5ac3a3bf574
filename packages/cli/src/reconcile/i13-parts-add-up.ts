import type { Invariant, Violation } from './invariant.ts';

/** Pieces of one product of an order that was picked from. */
export interface Pieces {
  readonly orderId: string;
  readonly status: string;
  readonly productId: string;
  readonly ordered: number;
  readonly picked: number;
  /** In shipments that no carrier refused. */
  readonly sent: number;
  /** Of these, not delivered yet. */
  readonly moving: number;
  /** In returns that were not rejected. */
  readonly back: number;
  readonly returned: number;
}

/** Refunds of one order, in minor units. */
export interface Promised {
  readonly orderId: string;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly paidBack: bigint;
  readonly open: bigint;
  /** Approved returns whose refund is not what was approved. */
  readonly returnsOff: number;
}

export interface Restocked {
  readonly orderId: string;
  readonly productId: string;
  readonly qty: number;
}

const pieces = `
  with p as (
    select order_id, product_id, qty as ordered, 0 as picked, 0 as sent, 0 as moving, 0 as back, 0 as returned
    from order_items
    union all
    select f.order_id, i.product_id, 0, i.qty, 0, 0, 0, 0
    from fulfillments f join fulfillment_items i using (fulfillment_id)
    union all
    select s.order_id, i.product_id, 0, 0, i.qty, case when s.state = 'DELIVERED' then 0 else i.qty end, 0, 0
    from shipments s join shipment_items i using (shipment_id) where s.state <> 'FAILED'
    union all
    select r.order_id, i.product_id, 0, 0, 0, 0, i.qty, case when r.state = 'RETURNED' then i.qty else 0 end
    from return_requests r join return_items i using (return_id) where r.state <> 'REJECTED')
  select order_id as "orderId", o.status, product_id as "productId", sum(ordered)::int as ordered,
    sum(picked)::int as picked, sum(sent)::int as sent, sum(moving)::int as moving, sum(back)::int as back,
    sum(returned)::int as returned
  from p join orders o using (order_id)
  where o.status in ('FULFILLED', 'RETURNED') or exists (select from fulfillments f where f.order_id = p.order_id)
    or exists (select from shipments s where s.order_id = p.order_id)
  group by 1, 2, 3`;

const promised = `
  select o.order_id as "orderId", captured_minor as captured, refunded_minor as refunded,
    coalesce(sum(amount_minor) filter (where r.state = 'REFUNDED'), 0)::bigint as "paidBack",
    coalesce(sum(amount_minor) filter (where r.state = 'REQUESTED'), 0)::bigint as open,
    (select count(*)::int from return_requests b where b.order_id = o.order_id and b.state in ('APPROVED', 'RETURNED')
      and b.refund_minor <> coalesce((select sum(amount_minor) from refunds f where f.return_id = b.return_id
        and (f.state = 'REFUNDED' or (b.state = 'APPROVED' and f.state = 'REQUESTED'))), 0)
      and not (b.state = 'APPROVED' and exists (select from refunds f where f.return_id = b.return_id
        and f.state = 'FAILED'))) as "returnsOff"
  from orders o left join refunds r using (order_id)
  where o.refunded_minor > 0 or exists (select from refunds f where f.order_id = o.order_id)
    or exists (select from return_requests b where b.order_id = o.order_id)
  group by o.order_id`;

const restocked = `
  select r.order_id as "orderId", a.product_id as "productId", sum(a.delta)::int as qty
  from inventory_adjustment a
  join (select distinct store_id, reservation_id, order_id from stock_reservation) r using (store_id, reservation_id)
  where a.adjustment_id like 'return-%' group by 1, 2`;

export const partsAddUp: Invariant = {
  id: 'I13',
  title:
    'shipped ≤ picked ≤ ordered; returned ≤ handed over and back in stock; refunds = refunded ≤ captured',
  async check(stack) {
    if (!stack.has('order')) return [];
    const moved = await stack.query<Pieces>('order', pieces);
    return [
      ...pieceMismatches(moved),
      ...refundMismatches(await stack.query<Promised>('order', promised)),
      ...(stack.has('inventory')
        ? stockMismatches(moved, await stack.query<Restocked>('inventory', restocked))
        : []),
    ];
  },
};

/** Pure. */
export function pieceMismatches(all: readonly Pieces[]): Violation[] {
  return all.flatMap((one): Violation[] => {
    const { orderId, status, productId, ordered, picked, sent, moving, back, returned } = one;
    const closed = status === 'FULFILLED' || status === 'RETURNED';
    const wrong = [
      picked > ordered && `${picked} picked of ${ordered} ordered`,
      closed && picked < ordered && `is ${status} with ${picked} picked of ${ordered}`,
      sent > picked && `${sent} sent of ${picked} picked`,
      back > picked - moving && `${back} to come back of ${picked - moving} handed over`,
      status === 'RETURNED' && returned < ordered && `is RETURNED with ${returned} back of ${ordered}`,
    ].filter((what) => what !== false);
    return wrong.map((what) => ({ subject: orderId, what: `${productId}: ${what}` }));
  });
}

/** Pure. */
export function refundMismatches(all: readonly Promised[]): Violation[] {
  return all.flatMap(({ orderId, captured, refunded, paidBack, open, returnsOff }): Violation[] => {
    const wrong = [
      paidBack !== refunded && `its refunds are ${paidBack}, and it says ${refunded}`,
      paidBack + open > captured && `${paidBack} paid back and ${open} promised of ${captured} captured`,
      returnsOff > 0 && `${returnsOff} returns are paid otherwise than was approved`,
    ].filter((what) => what !== false);
    return wrong.map((what) => ({ subject: orderId, what }));
  });
}

/** What came back is in the stock's ledger, once. Pure. */
export function stockMismatches(all: readonly Pieces[], stock: readonly Restocked[]): Violation[] {
  const key = ({ orderId, productId }: Restocked | Pieces) => `${orderId} ${productId}`;
  const said = new Map(all.filter(({ returned }) => returned > 0).map((one) => [key(one), one.returned]));
  const counted = new Map(stock.map((one) => [key(one), one.qty]));
  return [...new Set([...said.keys(), ...counted.keys()])].flatMap((subject): Violation[] => {
    const [came = 0, put = 0] = [said.get(subject), counted.get(subject)];
    return came === put ? [] : [{ subject, what: `${came} came back, ${put} were put into the stock` }];
  });
}
