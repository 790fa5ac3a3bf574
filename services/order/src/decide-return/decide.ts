import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { refundable } from '#order/money.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder, type Order } from '#order/order.ts';
import { type Return, sum } from '#order/parts.ts';
import { linesOf, worthOf } from '#order/pieces.ts';
import { refundRequested, takenBack } from '#refund-order/decide.ts';

export interface DecideReturn {
  readonly returnId: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly now: Date;
  readonly expectedVersion?: number | undefined;
}

/**
 * The pieces are taken back: their worth is promised, as far as the order has money left. After a refused refund the same
 * approval tries again; otherwise a repeat changes nothing.
 */
export function approveReturn(maybe: MaybeOrder, command: DecideReturn): OrderEvent[] {
  const order = existing(maybe);
  const asked = found(order, command.returnId);
  const { returnId, state, items } = asked;
  if (state === 'REJECTED') throw closed(asked);
  if (state === 'RETURNED' || refundsOf(order, returnId).some((one) => one.state === 'REQUESTED')) return [];
  checkVersion(order, command.expectedVersion);
  const { actor, now } = command;
  const amount = asked.refundAmount ?? worthNow(order, asked);
  const approved: OrderEvent = {
    type: 'ecommerce.order.order.return_approved.v1',
    payload: {
      ...facts(order, order.status),
      returnId,
      items: itemsOf({ lines: linesOf(order, items), currency: order.currency }),
      refundAmount: toDecimal(amount, order.currency),
      approvedBy: actor,
      approvedAt: now,
    },
  };
  const tries = refundsOf(order, returnId).length;
  const refundId = tries === 0 ? `return-${returnId}` : `return-${returnId}-${tries + 1}`;
  const { reason } = asked;
  return [
    ...(state === 'REQUESTED' ? [approved] : []),
    // Where nothing is left to be paid back, nobody is asked for it.
    amount === 0n
      ? takenBack(order, returnId, now)
      : refundRequested(order, { refundId, actor, reason, now, amount, returnId }),
  ];
}

/** The pieces stay with the customer. */
export function rejectReturn(maybe: MaybeOrder, command: DecideReturn): OrderEvent[] {
  const order = existing(maybe);
  const asked = found(order, command.returnId);
  if (asked.state === 'REJECTED') return [];
  if (asked.state !== 'REQUESTED') throw closed(asked);
  checkVersion(order, command.expectedVersion);
  const { returnId, actor, reason, now } = command;
  return [
    {
      type: 'ecommerce.order.order.return_rejected.v1',
      payload: { ...facts(order, order.status), returnId, rejectedBy: actor, reason, rejectedAt: now },
    },
  ];
}

function worthNow(order: Order, { items }: Return): bigint {
  const approved = order.returns.filter(({ state }) => state === 'APPROVED' || state === 'RETURNED');
  const worth = worthOf(order.lines, items, sum(...approved.map((one) => one.items)));
  const left = refundable(order);
  return worth < left ? worth : left;
}

const refundsOf = ({ refunds }: Order, returnId: string) =>
  refunds.filter((one) => one.returnId === returnId);

function found({ returns }: Order, returnId: string): Return {
  const asked = returns.find((one) => one.returnId === returnId);
  if (!asked) throw orderError('RETURN_NOT_FOUND');
  return asked;
}

const closed = ({ state }: Return) => orderError('RETURN_CLOSED', { details: { returnStatus: state } });
