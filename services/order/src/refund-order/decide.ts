import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { formatAmount } from '@tradewind/kernel/money.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { cancellationPending } from '#order/in-the-way.ts';
import { refundable } from '#order/money.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder, type Order } from '#order/order.ts';
import { covers, type Quantity, quantities, type Refund, sum } from '#order/parts.ts';
import { linesOf, ordered, returned, worthOf } from '#order/pieces.ts';

export interface RequestRefund {
  readonly refundId: string;
  readonly actor: string;
  readonly reason: string | null;
  /** Minor units. */
  readonly amount?: bigint | undefined;
  /** Pieces whose worth goes back, though they stay where they are. */
  readonly items?: readonly Quantity[] | undefined;
  readonly now: Date;
  readonly expectedVersion?: number | undefined;
}

/** Promises money back: a part, some pieces' worth, or all that is left. What is promised cannot be promised again. */
export function requestRefund(maybe: MaybeOrder, command: RequestRefund): OrderEvent[] {
  const order = existing(maybe);
  if (order.refunds.some(({ refundId }) => refundId === command.refundId)) return [];
  checkVersion(order, command.expectedVersion);
  const { status } = order;
  if (status !== 'PAID' && status !== 'FULFILLED') {
    throw orderError('ORDER_NOT_REFUNDABLE', { details: { orderStatus: status } });
  }
  const pending = cancellationPending(order);
  if (pending) throw pending;
  const { currency } = order;
  const left = refundable(order);
  const wanted = amountOf(order, command);
  if (wanted === undefined && left === 0n) throw orderError('NOTHING_TO_REFUND');
  const amount = wanted ?? left;
  if (amount > left) {
    const [most, asked] = [left, amount].map((minor) => formatAmount(minor, currency));
    throw orderError('REFUND_EXCEEDS_CAPTURE', { details: { left: most, asked, currency } });
  }
  if (amount <= 0n) throw orderError('INVALID_AMOUNT');
  return [refundRequested(order, { ...command, amount, returnId: null })];
}

export function refundRequested(
  order: Order,
  refund: Pick<RequestRefund, 'refundId' | 'actor' | 'reason' | 'now'> & Pick<Refund, 'amount' | 'returnId'>,
): OrderEvent {
  const { refundId, actor, reason, now, amount, returnId } = refund;
  return {
    type: 'ecommerce.order.order.refund_requested.v1',
    payload: {
      ...facts(order, order.status),
      ...{ refundId, reason, returnId, requestedBy: actor, requestedAt: now },
      amount: toDecimal(amount, order.currency),
    },
  };
}

/** The money went back; what was sent back for it is returned with that, and with the last piece the order. */
export function completeRefund(
  maybe: MaybeOrder,
  { refundId, transactionId }: Pick<Refund, 'refundId' | 'transactionId'>,
  now: Date,
): OrderEvent[] {
  const order = existing(maybe);
  const refund = order.refunds.find((one) => one.refundId === refundId);
  if (refund?.state !== 'REQUESTED') return [];
  const { amount, returnId, reason, requestedBy } = refund;
  return [
    {
      type: 'ecommerce.order.order.refunded.v1',
      payload: {
        ...facts(order, order.status),
        ...{ refundId, transactionId, returnId, reason, requestedBy, refundedAt: now },
        amount: toDecimal(amount, order.currency),
        refundedTotal: toDecimal(order.refunded + amount, order.currency),
        paymentId: order.paymentId ?? '',
      },
    },
    ...(returnId === null ? [] : [takenBack(order, returnId, now)]),
  ];
}

/** The gateway refused it: no money moved, and the amount may be promised anew. */
export function failRefund(
  maybe: MaybeOrder,
  { refundId, code }: { readonly refundId: string; readonly code: string | null },
  now: Date,
): OrderEvent[] {
  const order = existing(maybe);
  const refund = order.refunds.find((one) => one.refundId === refundId);
  if (refund?.state !== 'REQUESTED') return [];
  return [
    {
      type: 'ecommerce.order.order.refund_failed.v1',
      payload: {
        ...facts(order, order.status),
        ...{ refundId, code, returnId: refund.returnId, failedAt: now },
        amount: toDecimal(refund.amount, order.currency),
      },
    },
  ];
}

/** The pieces of a return are back and paid for. */
export function takenBack(order: Order, returnId: string, now: Date): OrderEvent {
  const items = order.returns.find((one) => one.returnId === returnId)?.items ?? [];
  const back = sum(items, quantities(returned(order)));
  const status = covers(back, ordered(order)) ? 'RETURNED' : order.status;
  return {
    type: 'ecommerce.order.order.returned.v1',
    payload: {
      ...facts(order, status),
      returnId,
      items: itemsOf({ lines: linesOf(order, items), currency: order.currency }),
      returnedAt: now,
    },
  };
}

function amountOf(order: Order, { amount, items }: RequestRefund): bigint | undefined {
  if (!items) return amount;
  const wanted = sum(items);
  if (!covers(ordered(order), wanted)) {
    throw orderError('NOT_ORDERED', { details: { ordered: quantities(ordered(order)) } });
  }
  return worthOf(order.lines, quantities(wanted), returned(order));
}
