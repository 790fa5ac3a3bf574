import { onCancellationApproved } from '#on/cancellation-approved.ts';
import { onCancellationRequested } from '#on/cancellation-requested.ts';
import { onOrderCanceled } from '#on/order-canceled.ts';
import { onPriceChanged } from '#on/price-changed.ts';
import { onRefundRequested } from '#on/refund-requested.ts';
import { onReturnApproved } from '#on/return-approved.ts';

/** All that the audit log takes from other services. Each is a file of `on/`. */
export const reactions = [
  onCancellationApproved,
  onCancellationRequested,
  onOrderCanceled,
  onPriceChanged,
  onRefundRequested,
  onReturnApproved,
];
