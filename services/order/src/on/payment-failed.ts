import { on } from '@tradewind/outbox/reaction.ts';
import { type PayDeps, settlePayment } from '#pay-order/pay.ts';

/** The money was certainly not taken: the order may be paid again. */
export const onPaymentFailed = on(
  'ecommerce.payment.payment.failed.v1',
  'order.on-payment-failed',
  (deps: PayDeps) =>
    async ({ payload }, { inbox, context }) => {
      const { orderId, paymentId, transactionId, code } = payload;
      await settlePayment(deps, orderId, { status: 'FAILED', paymentId, transactionId, code }, context, {
        inbox,
      });
    },
);
