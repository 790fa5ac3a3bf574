import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { AnyEvent } from '@tradewind/contracts/event.ts';

/** An order as its events tell it. Amounts in minor units. */
export interface FoldedOrder {
  readonly status: string;
  readonly version: number;
  readonly total: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  /** Pieces that were sold and have not come back. */
  readonly kept: number;
  /** Each change of the status with the version that made it, as `1 PENDING`. */
  readonly history: readonly string[];
}

/** Statuses that no event leads out of. */
export const TERMINAL: readonly string[] = ['CANCELED', 'EXPIRED', 'RETURNED'];

const ORDER = 'ecommerce.order.order.';

/** Status after an event, told from its type; undefined = it changes none. */
const statusOf: Readonly<Record<string, string>> = {
  created: 'PENDING',
  payment_pending: 'PAYMENT_PENDING',
  payment_failed: 'PENDING',
  paid: 'PAID',
  canceled: 'CANCELED',
  expired: 'EXPIRED',
  fulfilled: 'FULFILLED',
};

/** A second fold, written without the order service's: two that agree are hardly both wrong. Pure. */
export function foldOrder(before: FoldedOrder | undefined, event: AnyEvent): FoldedOrder {
  const short = event.eventType.slice(ORDER.length).replace(/\.v\d+$/, '');
  const kept = keptAfter(before, event);
  const allBack = short === 'returned' && kept === 0;
  const status = allBack ? 'RETURNED' : (statusOf[short] ?? before?.status ?? 'NONE');
  const version = (before?.version ?? 0) + 1;
  const history = before?.history ?? [];
  return {
    total: before?.total ?? 0n,
    captured: before?.captured ?? 0n,
    refunded: before?.refunded ?? 0n,
    ...amountsAfter(before, event),
    kept,
    status,
    version,
    history: status === before?.status ? history : [...history, `${version} ${status}`],
  };
}

function keptAfter(before: FoldedOrder | undefined, { eventType, payload }: AnyEvent): number {
  const pieces = (items: readonly { readonly qty: number }[]) => items.reduce((sum, { qty }) => sum + qty, 0);
  switch (eventType) {
    case 'ecommerce.order.order.created.v1':
      return pieces(payload.items);
    case 'ecommerce.order.order.returned.v1':
      return (before?.kept ?? 0) - pieces(payload.items);
    default:
      return before?.kept ?? 0;
  }
}

function amountsAfter(
  before: FoldedOrder | undefined,
  { eventType, payload }: AnyEvent,
): Partial<Pick<FoldedOrder, 'total' | 'captured' | 'refunded'>> {
  switch (eventType) {
    case 'ecommerce.order.order.created.v1':
      return { total: fromDecimal(payload.totalAmount, payload.currency) };
    case 'ecommerce.order.order.paid.v1':
      return { captured: before?.total ?? 0n };
    case 'ecommerce.order.order.refunded.v1':
      return { refunded: fromDecimal(payload.refundedTotal, payload.currency) };
    default:
      return {};
  }
}
