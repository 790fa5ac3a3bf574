import { unreachable } from '@tradewind/kernel/errors.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { expireOrder } from '#expire-order/decide.ts';
import { existing, type Order } from '#order/order.ts';
import { callPayment, type PayDeps, settlePayment } from '#pay-order/pay.ts';
import { carryOutCancellation } from './cancellation.ts';
import { carryOutRefund } from './refund.ts';
import type { Step } from './saga.ts';
import { carryOutShipment, type ShipDeps } from './shipment.ts';
import { trackShipment } from './tracking.ts';

/** A saga whose timer is due. */
export interface DueSaga {
  /** The order's id, or that of its part which the saga is about. */
  readonly sagaId: string;
  readonly orderId: string;
  readonly kind: Step;
  readonly paymentToken: string | null;
  /** By the database's clock. */
  readonly now: Date;
}

export type StepDeps = PayDeps & ShipDeps;

const ASK_WAIT_MS = 5_000;
/** A step asks a carrier four times at most, and ends within its lease. */
const CARRIER_MS = 1_900;

/** Carries a saga on by one step. A step that finds its work done changes nothing. */
export async function takeStep(deps: StepDeps, due: DueSaga, context: CommandContext): Promise<void> {
  const { orderId, sagaId, kind } = due;
  switch (kind) {
    case 'expire':
      await deps.orders.handle(orderId, (order, { now }) => expireOrder(order, now), { context });
      return;
    case 'settle-payment': {
      const order = await current();
      if (order.status !== 'PAYMENT_PENDING') return;
      const outcome = await callPayment(deps, order, due.paymentToken ?? undefined, context, ASK_WAIT_MS);
      await settlePayment(deps, orderId, outcome, context);
      return;
    }
    case 'cancel':
      await carryOutCancellation(deps, await current(), context, ASK_WAIT_MS);
      return;
    case 'refund':
      await carryOutRefund(deps, await current(), sagaId, context, ASK_WAIT_MS);
      return;
    case 'ship':
      await carryOutShipment(deps, await current(), sagaId, { context, withinMs: CARRIER_MS, now: due.now });
      return;
    case 'track':
      await trackShipment(deps, await current(), sagaId, context, CARRIER_MS);
      return;
    default:
      unreachable(kind);
  }

  async function current(): Promise<Order> {
    const { state } = await deps.orders.handle(orderId, () => [], { context });
    return existing(state);
  }
}
