import { onCancellationApproved } from '#on/cancellation-approved.ts';
import { onCancellationRejected } from '#on/cancellation-rejected.ts';
import { onCancellationRequested } from '#on/cancellation-requested.ts';
import { onDeviceReleased } from '#on/device-released.ts';
import { onDeviceRulesChanged } from '#on/device-rules-changed.ts';
import { onFlashSaleChanged } from '#on/flash-sale-changed.ts';
import { onFlashSaleEnded } from '#on/flash-sale-ended.ts';
import { onFlashSaleStarted } from '#on/flash-sale-started.ts';
import { onOperationPerformed } from '#on/operation-performed.ts';
import { onOrderCanceled } from '#on/order-canceled.ts';
import { onOrderRefunded } from '#on/order-refunded.ts';
import { onPriceChanged } from '#on/price-changed.ts';
import { onPromotionChanged } from '#on/promotion-changed.ts';
import { onRefundRequested } from '#on/refund-requested.ts';
import { onReturnApproved } from '#on/return-approved.ts';
import { onReturnRejected } from '#on/return-rejected.ts';

/** All that the audit log takes from other services. Each is a file of `on/`. */
export const reactions = [
  ...[onCancellationRequested, onCancellationApproved, onCancellationRejected, onOrderCanceled],
  ...[onRefundRequested, onOrderRefunded, onReturnApproved, onReturnRejected],
  ...[onFlashSaleStarted, onFlashSaleChanged, onFlashSaleEnded, onPriceChanged, onPromotionChanged],
  ...[onDeviceReleased, onDeviceRulesChanged, onOperationPerformed],
];
