import { on } from '@tradewind/outbox/reaction.ts';
import { type PayDeps, settlePayment } from '#pay-order/pay.ts';

/** The money was taken, whoever was told first: the order is paid. */
export const onPaymentCaptured = on(
  'ecommerce.payment.payment.captured.v1',
  'order.on-payment-captured',
  (deps: PayDeps) =>
    async ({ payload }, { inbox, context }) => {
      const { orderId, paymentId, transactionId, code } = payload;
      await settlePayment(deps, orderId, { status: 'CAPTURED', paymentId, transactionId, code }, context, {
        inbox,
      });
    },
);
