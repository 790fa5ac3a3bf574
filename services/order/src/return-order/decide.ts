import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder } from '#order/order.ts';
import { covers, type Quantity, quantities, sum } from '#order/parts.ts';
import { linesOf, returnable } from '#order/pieces.ts';

export interface RequestReturn {
  readonly returnId: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly items: readonly Quantity[];
  readonly now: Date;
  readonly expectedVersion?: number | undefined;
}

/** The customer wants to send back pieces that are with them. */
export function requestReturn(maybe: MaybeOrder, command: RequestReturn): OrderEvent[] {
  const order = existing(maybe);
  const { returnId, actor, reason, now } = command;
  if (order.returns.some((one) => one.returnId === returnId)) return [];
  checkVersion(order, command.expectedVersion);
  if (order.status !== 'FULFILLED') {
    throw orderError('ORDER_NOT_RETURNABLE', { details: { orderStatus: order.status } });
  }
  const [here, wanted] = [returnable(order), sum(command.items)];
  if (!covers(here, wanted)) {
    throw orderError('NOT_TO_RETURN', { details: { returnable: quantities(here) } });
  }
  return [
    {
      type: 'ecommerce.order.order.return_requested.v1',
      payload: {
        ...facts(order, order.status),
        ...{ returnId, reason, requestedBy: actor, requestedAt: now },
        items: itemsOf({ lines: linesOf(order, quantities(wanted)), currency: order.currency }),
      },
    },
  ];
}
