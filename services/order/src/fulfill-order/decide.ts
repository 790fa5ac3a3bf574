import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { notHandedOver } from '#order/in-the-way.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder } from '#order/order.ts';
import { covers, less, type Quantity, quantities, sum } from '#order/parts.ts';
import { linesOf, unpicked } from '#order/pieces.ts';

export interface FulfillOrder {
  readonly actor: string;
  /** What was picked; undefined = all that was left. */
  readonly items: readonly Quantity[] | undefined;
  readonly now: Date;
  readonly expectedVersion?: number | undefined;
}

/** Pieces were picked; with the last of them the order is fulfilled. A fulfilled order stays so without complaint. */
export function fulfillOrder(maybe: MaybeOrder, command: FulfillOrder): OrderEvent[] {
  const order = existing(maybe);
  const { actor, items, now } = command;
  checkVersion(order, command.expectedVersion);
  if (order.status === 'FULFILLED') return [];
  if (order.status !== 'PAID') {
    throw orderError('ORDER_NOT_FULFILLABLE', { details: { orderStatus: order.status } });
  }
  const refusal = notHandedOver(order);
  if (refusal) throw refusal;
  const left = unpicked(order);
  const wanted = items ? sum(items) : left;
  if (!covers(left, wanted)) throw orderError('NOT_TO_PICK', { details: { left: quantities(left) } });
  if (less(left, wanted).size === 0) {
    return [
      {
        type: 'ecommerce.order.order.fulfilled.v1',
        payload: { ...facts(order, 'FULFILLED'), items: itemsOf(order), fulfilledAt: now },
      },
    ];
  }
  return [
    {
      type: 'ecommerce.order.order.picked.v1',
      payload: {
        ...facts(order, order.status),
        fulfillmentId: `${order.orderId}-${order.pickings.length + 1}`,
        items: itemsOf({ lines: linesOf(order, quantities(wanted)), currency: order.currency }),
        pickedBy: actor,
        pickedAt: now,
      },
    },
  ];
}
