import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { OrderItem } from '@tradewind/contracts/generated/events/order.ts';
import type { OrderEvent } from './events.ts';
import type { Order } from './order.ts';
import type { Quantity, Refund, Return, Shipment } from './parts.ts';
import { quantities } from './parts.ts';
import { unpicked } from './pieces.ts';

type LaterType = Exclude<
  OrderEvent['type'],
  `ecommerce.order.order.${'created' | 'payment_pending' | 'payment_failed' | 'paid' | 'expired' | 'canceled'}.v1`
>;
export type LaterEvent = Extract<OrderEvent, { type: LaterType }>;

const quantityOf = (items: readonly OrderItem[]): Quantity[] =>
  items.map(({ productId, qty }) => ({ productId, qty }));

/** What an event changes beyond the status. */
export function live(order: Order, event: LaterEvent): Partial<Order> {
  switch (event.type) {
    case 'ecommerce.order.order.picked.v1': {
      const { fulfillmentId, items, pickedAt } = event.payload;
      return { pickings: [...order.pickings, { fulfillmentId, items: quantityOf(items), pickedAt }] };
    }
    case 'ecommerce.order.order.fulfilled.v1': {
      const items = quantities(unpicked(order));
      const fulfillmentId = `${order.orderId}-${order.pickings.length + 1}`;
      return {
        pickings: [...order.pickings, { fulfillmentId, items, pickedAt: event.payload.fulfilledAt }],
      };
    }
    case 'ecommerce.order.order.shipment_requested.v1':
    case 'ecommerce.order.order.shipment_failed.v1':
    case 'ecommerce.order.order.shipped.v1':
    case 'ecommerce.order.order.delivered.v1':
      return { shipments: shipmentsAfter(order, event) };
    case 'ecommerce.order.order.return_requested.v1':
    case 'ecommerce.order.order.return_approved.v1':
    case 'ecommerce.order.order.return_rejected.v1':
    case 'ecommerce.order.order.returned.v1':
      return { returns: returnsAfter(order, event) };
    case 'ecommerce.order.order.refunded.v1':
      return {
        refunds: refundsAfter(order, event),
        refunded: fromDecimal(event.payload.refundedTotal, order.currency),
      };
    case 'ecommerce.order.order.refund_requested.v1':
    case 'ecommerce.order.order.refund_failed.v1':
      return { refunds: refundsAfter(order, event) };
    case 'ecommerce.order.order.cancellation_requested.v1': {
      const { requestedBy, reason, approvalRequired } = event.payload;
      return { cancellation: { requestedBy, reason, awaitsApproval: approvalRequired } };
    }
    case 'ecommerce.order.order.cancellation_approved.v1':
      return { cancellation: order.cancellation && { ...order.cancellation, awaitsApproval: false } };
    case 'ecommerce.order.order.cancellation_rejected.v1':
      return { cancellation: null };
    default:
      return event satisfies never;
  }
}

type Named<Part extends string> = Extract<LaterEvent, { type: `ecommerce.order.order.${Part}.v1` }>;

function shipmentsAfter(
  { shipments }: Order,
  event: Named<'shipment_requested' | 'shipment_failed' | 'shipped' | 'delivered'>,
): readonly Shipment[] {
  const { shipmentId, carrier } = event.payload;
  const change = (changes: Partial<Shipment>) =>
    shipments.map((one) => (one.shipmentId === shipmentId ? { ...one, ...changes } : one));
  switch (event.type) {
    case 'ecommerce.order.order.shipment_requested.v1': {
      const { items, requestedAt } = event.payload;
      const open = { trackingNumber: null, service: null, quote: null, labelUrl: null, refusal: null };
      return [
        ...shipments,
        {
          ...{ shipmentId, carrier, items: quantityOf(items), state: 'REQUESTED', requestedAt, ...open },
          ...{ shippedAt: null, deliveredAt: null },
        },
      ];
    }
    case 'ecommerce.order.order.shipment_failed.v1':
      return change({ state: 'FAILED', refusal: event.payload.code });
    case 'ecommerce.order.order.shipped.v1': {
      const { trackingNumber, service, shippingCost, shippingCurrency, labelUrl, shippedAt } = event.payload;
      const quote =
        shippingCost === null || shippingCurrency === null
          ? null
          : { amount: fromDecimal(shippingCost, shippingCurrency), currency: shippingCurrency };
      return change({ state: 'SHIPPED', trackingNumber, service, quote, labelUrl, shippedAt });
    }
    case 'ecommerce.order.order.delivered.v1':
      return change({ state: 'DELIVERED', deliveredAt: event.payload.deliveredAt });
    default:
      return event satisfies never;
  }
}

function returnsAfter(
  { returns, currency }: Order,
  event: Named<'return_requested' | 'return_approved' | 'return_rejected' | 'returned'>,
): readonly Return[] {
  const { returnId } = event.payload;
  const change = (changes: Partial<Return>) =>
    returns.map((one) => (one.returnId === returnId ? { ...one, ...changes } : one));
  switch (event.type) {
    case 'ecommerce.order.order.return_requested.v1': {
      const { items, reason, requestedBy, requestedAt } = event.payload;
      const asked = { returnId, items: quantityOf(items), reason, requestedBy, requestedAt };
      return [...returns, { ...asked, state: 'REQUESTED', refundAmount: null }];
    }
    case 'ecommerce.order.order.return_approved.v1':
      return change({ state: 'APPROVED', refundAmount: fromDecimal(event.payload.refundAmount, currency) });
    case 'ecommerce.order.order.return_rejected.v1':
      return change({ state: 'REJECTED' });
    case 'ecommerce.order.order.returned.v1':
      return change({ state: 'RETURNED' });
    default:
      return event satisfies never;
  }
}

function refundsAfter(
  { refunds, currency }: Order,
  event: Named<'refund_requested' | 'refunded' | 'refund_failed'>,
): readonly Refund[] {
  const { refundId, returnId } = event.payload;
  const change = (changes: Partial<Refund>) =>
    refunds.map((one) => (one.refundId === refundId ? { ...one, ...changes } : one));
  const amount = fromDecimal(event.payload.amount, currency);
  // The refund of a cancellation was asked for by that, not by an event of its own.
  const known = refunds.some((one) => one.refundId === refundId);
  switch (event.type) {
    case 'ecommerce.order.order.refund_requested.v1': {
      const { reason, requestedBy, requestedAt } = event.payload;
      const asked = { refundId, amount, reason, returnId, requestedBy, requestedAt };
      return [...refunds, { ...asked, state: 'REQUESTED', transactionId: null }];
    }
    case 'ecommerce.order.order.refunded.v1': {
      const { transactionId, reason, refundedAt } = event.payload;
      if (known) return change({ state: 'REFUNDED', transactionId });
      const asked = { refundId, amount, reason, returnId, requestedBy: '', requestedAt: refundedAt };
      return [...refunds, { ...asked, state: 'REFUNDED', transactionId }];
    }
    case 'ecommerce.order.order.refund_failed.v1': {
      if (known) return change({ state: 'FAILED' });
      const asked = {
        refundId,
        amount,
        reason: null,
        returnId,
        requestedBy: '',
        requestedAt: event.payload.failedAt,
      };
      return [...refunds, { ...asked, state: 'FAILED', transactionId: null }];
    }
    default:
      return event satisfies never;
  }
}
