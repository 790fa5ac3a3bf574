import { paymentError } from '#errors.ts';
import { leftNothing, type OrderPayments, type Payment } from '#payment/payment.ts';

export interface StartPayment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly userId: string | null;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
}

/**
 * The payment to record, or undefined where it is there already. An order gets a second payment only after the
 * first has certainly failed.
 */
export function startPayment(state: OrderPayments, command: StartPayment): Payment | undefined {
  if (command.amount <= 0n) throw paymentError('INVALID_AMOUNT');
  const known = state.payments.get(command.paymentId);
  if (known) {
    if (known.amount !== command.amount || known.currency !== command.currency)
      throw paymentError('PAYMENT_ID_REUSED');
    return undefined;
  }
  for (const other of state.payments.values()) {
    if (!leftNothing(other))
      throw paymentError('ORDER_HAS_PAYMENT', { details: { paymentId: other.paymentId } });
  }
  return {
    ...command,
    status: 'REQUESTED',
    claim: 1,
    transactionId: null,
    provider: null,
    code: null,
    tries: 0,
  };
}
