import { onCartAbandoned } from '#on/cart-abandoned.ts';
import { onCustomerAnonymized } from '#on/customer-anonymized.ts';
import { onCustomerRegistered } from '#on/customer-registered.ts';
import { onOrderCanceled } from '#on/order-canceled.ts';
import { onOrderCreated } from '#on/order-created.ts';
import { onOrderDelivered } from '#on/order-delivered.ts';
import { onOrderExpired } from '#on/order-expired.ts';
import { onOrderPaid } from '#on/order-paid.ts';
import { onOrderPaymentFailed } from '#on/order-payment-failed.ts';
import { onOrderRefunded } from '#on/order-refunded.ts';
import { onOrderShipped } from '#on/order-shipped.ts';
import { onStockLow } from '#on/stock-low.ts';
import { onWebhookDisabled } from '#on/webhook-disabled.ts';

/** All that somebody is told about, and where they are told. They lead to sending, so nothing ever replays them. */
export const reactions = [
  ...[onOrderCreated, onOrderPaid, onOrderPaymentFailed, onOrderShipped, onOrderDelivered],
  ...[onOrderCanceled, onOrderRefunded, onOrderExpired, onCartAbandoned, onStockLow],
  ...[onWebhookDisabled, onCustomerRegistered, onCustomerAnonymized],
];
