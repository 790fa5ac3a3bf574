/** Places between two steps where a crash must do no harm. The crash matrix has a row for each. */
export const paymentFailpoints = [
  'payment.recorded',
  'payment.called',
  'payment.settled',
  'payment.postponed',
  'refund.recorded',
  'refund.called',
  'refund.settled',
  'refund.postponed',
  'settle.claimed',
] as const;

export type PaymentFailpoint = (typeof paymentFailpoints)[number];
