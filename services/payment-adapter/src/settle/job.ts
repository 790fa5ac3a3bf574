import type { CommandContext } from '@tradewind/outbox/context.ts';

/** One run for a charge or a refund: what is to be asked of the gateway, and under which claim. */
export interface Job {
  readonly kind: 'CHARGE' | 'REFUND';
  /** paymentId or refundId: the gateway's idempotency key. */
  readonly id: string;
  readonly paymentId: string;
  readonly orderId: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
  /** Of a charge: the payment method. */
  readonly token: string | null;
  /** Of a refund: the transaction that captured the money. */
  readonly captureId: string | null;
  readonly claim: number;
  /** An earlier run may have come as far as the gateway. */
  readonly resumed: boolean;
  /** False once a charge is too old to be sent again: then the gateway is only asked. */
  readonly maySend: boolean;
  /** No charge was sent for so long that none can be on its way. */
  readonly quiet: boolean;
  readonly context: CommandContext;
}
