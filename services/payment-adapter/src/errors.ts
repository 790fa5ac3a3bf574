import { errorTable } from '@tradewind/kernel/errors.ts';

export const paymentError = errorTable({
  PAYMENT_NOT_FOUND: ['not-found', 'there is no such payment'],
  PAYMENT_ID_REUSED: ['conflict', 'this paymentId was used for something else'],
  ORDER_HAS_PAYMENT: ['conflict', 'another payment of this order is captured, or may still be'],
  PAYMENT_UNAVAILABLE: ['unavailable', 'the payment gateway cannot be reached; nothing was charged'],
  PAYMENT_NOT_CAPTURED: ['conflict', 'only a captured payment can be refunded'],
  REFUND_ID_REUSED: ['conflict', 'this refundId was used for something else'],
  REFUND_EXCEEDS_CAPTURE: ['conflict', 'more than was captured would be refunded'],
  INVALID_AMOUNT: ['invalid', 'the amount must be positive'],
});
