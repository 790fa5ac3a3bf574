import { parseAmount } from '@tradewind/kernel/money.ts';
import type { Invariant, Violation } from './invariant.ts';

export interface OrderMoney {
  readonly orderId: string;
  readonly status: string;
  readonly total: bigint;
  readonly refunded: bigint;
}

/** What was moved for one order, in minor units. */
export interface Moved {
  readonly orderId: string;
  readonly captures: number;
  /** Of these, how many were found after their payment was given up: they go back, and buy nothing. */
  readonly late: number;
  readonly captured: bigint;
  readonly refunded: bigint;
}

interface Book {
  readonly totals: readonly {
    orderId: string;
    currency: string;
    captures: number;
    captured: string;
    refunded: string;
  }[];
}

const orders = `
  select order_id as "orderId", status, total_minor as total, refunded_minor as refunded from orders`;

const ledger = `
  select order_id as "orderId", (count(*) filter (where kind = 'CAPTURE'))::int as captures,
    (count(*) filter (where late))::int as late,
    coalesce(sum(amount) filter (where kind = 'CAPTURE'), 0)::bigint as captured,
    coalesce(sum(amount) filter (where kind = 'REFUND'), 0)::bigint as refunded
  from payment_ledger group by 1`;

export const capturedOnce: Invariant = {
  id: 'I5',
  title: "per order at most one capture; captured − refunded = what the order's state says",
  async check(stack) {
    if (!stack.has('order', 'payment_adapter')) return [];
    const [sold, moved, book] = await Promise.all([
      stack.query<OrderMoney>('order', orders),
      stack.query<Moved>('payment_adapter', ledger),
      stack.paymentGateway === undefined ? undefined : readBook(stack.paymentGateway),
    ]);
    const ours = new Set([...sold, ...moved].map(({ orderId }) => orderId));
    // The gateway may have charged for others, too.
    const booked = book?.filter(({ orderId }) => ours.has(orderId));
    return [...moneyMismatches(sold, moved), ...(booked === undefined ? [] : bookMismatches(moved, booked))];
  },
};

/** The simulator's own book; undefined where no simulator runs, which is no fault of ours. */
async function readBook(gateway: string): Promise<Moved[] | undefined> {
  const response = await fetch(`${gateway}/book`, { signal: AbortSignal.timeout(30_000) }).catch(
    () => undefined,
  );
  if (response?.ok !== true) return undefined;
  const { totals } = (await response.json()) as Book;
  return totals.map(({ orderId, currency, captures, captured, refunded }) => ({
    orderId,
    captures,
    late: 0,
    captured: parseAmount(captured, currency),
    refunded: parseAmount(refunded, currency),
  }));
}

const NOTHING = { captures: 0, late: 0, captured: 0n, refunded: 0n };

/** Pure. */
export function moneyMismatches(orders: readonly OrderMoney[], moved: readonly Moved[]): Violation[] {
  const byOrder = new Map(moved.map((one) => [one.orderId, one]));
  const known = new Set(orders.map(({ orderId }) => orderId));
  return [
    ...orders.flatMap((order): Violation[] => {
      const { captures, late, captured, refunded } = byOrder.get(order.orderId) ?? {
        orderId: '',
        ...NOTHING,
      };
      const said = expected(order);
      const net = captured - refunded;
      if (
        captures - late <= 1 &&
        (net === said || (order.status === 'PAYMENT_PENDING' && net === order.total))
      )
        return [];
      return [
        {
          subject: order.orderId,
          what: `${order.status} says ${said} kept; ${captures} captures of ${captured}, refunded ${refunded}`,
        },
      ];
    }),
    ...moved
      .filter(({ orderId, captures, late }) => captures > late && !known.has(orderId))
      .map(({ orderId, captured }) => ({
        subject: orderId,
        what: `${captured} captured for an order that does not exist`,
      })),
  ];
}

/** What is kept of the customer's money, by the order's status. */
function expected({ status, total, refunded }: OrderMoney): bigint {
  switch (status) {
    case 'PAID':
    case 'FULFILLED':
    case 'RETURNED':
      return total - refunded;
    default:
      return 0n;
  }
}

/** What the gateway did must be what the ledger says. Pure. */
export function bookMismatches(ledger: readonly Moved[], book: readonly Moved[]): Violation[] {
  const told = ({ captures, captured, refunded }: Omit<Moved, 'orderId' | 'late'>): string =>
    `${captures} captures of ${captured}, refunded ${refunded}`;
  const ours = new Map(ledger.map((one) => [one.orderId, told(one)]));
  const theirs = new Map(book.map((one) => [one.orderId, told(one)]));
  const nothing = told(NOTHING);
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((subject): Violation[] => {
    const [mine = nothing, gateway = nothing] = [ours.get(subject), theirs.get(subject)];
    return mine === gateway ? [] : [{ subject, what: `ledger: ${mine}; gateway: ${gateway}` }];
  });
}
