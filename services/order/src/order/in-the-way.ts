import type { DomainError } from '@tradewind/kernel/errors.ts';
import { orderError } from '#errors.ts';
import { allGivenBack } from './money.ts';
import type { Order } from './order.ts';

/** What a paid order on its way to be canceled answers to whoever wants to go on with it. */
export function cancellationPending({ status, cancellation }: Order): DomainError | undefined {
  if (!cancellation) return undefined;
  return orderError('CANCELLATION_PENDING', {
    message: cancellation.awaitsApproval
      ? 'the cancellation of the order waits for approval; reject it to go on'
      : 'the order is being canceled; its refund is under way',
    details: { orderStatus: status, awaitsApproval: cancellation.awaitsApproval },
  });
}

/** Why pieces of a paid order are not handed over though its status would allow it. */
export const notHandedOver = (order: Order): DomainError | undefined =>
  cancellationPending(order) ??
  (allGivenBack(order)
    ? orderError('ORDER_REFUNDED', { details: { orderStatus: order.status } })
    : undefined);
