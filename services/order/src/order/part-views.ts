import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import {
  type Refund,
  refundStates,
  type Return,
  returnStates,
  type Shipment,
  shipmentStates,
} from '#order/parts.ts';

/** Pieces as requests name them. What an order has bounds them. */
export const itemsBody = z
  .array(z.strictObject({ productId: z.string().min(1), qty: z.int().min(1) }))
  .min(1);
export const reasonBody = z.string().max(500).optional();

const items = z.array(z.object({ productId: z.string(), qty: z.int() }));
const at = z.iso.datetime();
const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

export const fulfillmentView = z
  .object({ fulfillmentId: z.string(), items, pickedAt: at })
  .meta({ id: 'Fulfillment' });

export const trackingEvent = z.object({ status: z.string(), detail: z.string().nullable(), at });
export type TrackingEvent = z.infer<typeof trackingEvent>;

export const shipmentView = z
  .object({
    shipmentId: z.string(),
    orderId: z.string(),
    carrier: z.string(),
    status: z.enum(shipmentStates).meta({
      description: 'REQUESTED until the carrier has answered; FAILED when it refused, or never answered',
    }),
    items,
    trackingNumber: z.string().nullable(),
    service: z.string().nullable(),
    quote: z.object({ amount: z.string(), currency: z.string() }).nullable(),
    labelUrl: z.string().nullable(),
    refusal: z.string().nullable().meta({ description: 'Stable code, where the status is FAILED' }),
    requestedAt: at,
    shippedAt: at.nullable(),
    deliveredAt: at.nullable(),
    tracking: z.array(trackingEvent),
  })
  .meta({ id: 'Shipment' });

export function viewOfShipment(
  orderId: string,
  { items, state, quote, requestedAt, shippedAt, deliveredAt, ...rest }: Shipment,
  tracking: readonly TrackingEvent[] = [],
): z.infer<typeof shipmentView> {
  return {
    ...rest,
    orderId,
    status: state,
    items: [...items],
    quote: quote && { amount: formatAmount(quote.amount, quote.currency), currency: quote.currency },
    requestedAt: requestedAt.toISOString(),
    shippedAt: iso(shippedAt),
    deliveredAt: iso(deliveredAt),
    tracking: [...tracking],
  };
}

export const returnView = z
  .object({
    returnId: z.string(),
    orderId: z.string(),
    status: z.enum(returnStates),
    items,
    reason: z.string().nullable(),
    refundAmount: z.string().nullable().meta({ description: 'What goes back, once it is approved' }),
    currency: z.string(),
    requestedBy: z.string(),
    requestedAt: at,
  })
  .meta({ id: 'Return' });

export function viewOfReturn(
  { orderId, currency }: { readonly orderId: string; readonly currency: string },
  { items, state, refundAmount, requestedAt, ...rest }: Return,
): z.infer<typeof returnView> {
  return {
    ...rest,
    ...{ orderId, currency, status: state, items: [...items] },
    refundAmount: refundAmount === null ? null : formatAmount(refundAmount, currency),
    requestedAt: requestedAt.toISOString(),
  };
}

export const refundView = z
  .object({
    refundId: z.string(),
    orderId: z.string(),
    status: z.enum(refundStates),
    amount: z.string(),
    currency: z.string(),
    reason: z.string().nullable(),
    returnId: z.string().nullable(),
    transactionId: z.string().nullable(),
    requestedBy: z.string(),
    requestedAt: at,
  })
  .meta({ id: 'OrderRefund' });

export function viewOfRefund(
  { orderId, currency }: { readonly orderId: string; readonly currency: string },
  { amount, state, requestedAt, ...rest }: Refund,
): z.infer<typeof refundView> {
  return {
    ...rest,
    ...{ orderId, currency, status: state, amount: formatAmount(amount, currency) },
    requestedAt: requestedAt.toISOString(),
  };
}
