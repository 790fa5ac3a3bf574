import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { AnyEvent, EventOf } from '@tradewind/contracts/event.ts';

/** What is known of an order after an event; null = the event does not say. */
export interface OrderRow {
  readonly store_id: string;
  readonly order_id: string;
  readonly version: number;
  readonly status: string;
  readonly customer_id: string;
  readonly currency: string;
  readonly total_minor: bigint;
  readonly captured_minor: bigint | null;
  readonly refunded_minor: bigint | null;
  readonly created_ms: number;
  readonly paid_ms: number | null;
  readonly ended_ms: number | null;
}

export interface LineRow {
  readonly store_id: string;
  readonly order_id: string;
  readonly line: number;
  readonly product_id: string;
  readonly qty: number;
  readonly total_minor: bigint;
  readonly ordered_ms: number;
}

export interface MovementRow {
  readonly store_id: string;
  readonly order_id: string;
  readonly movement_id: string;
  readonly kind: 'CAPTURE' | 'REFUND' | 'CANCEL';
  readonly currency: string;
  /** Of CANCEL: the order's total; what refunds have given back already is taken off where it is written. */
  readonly amount_minor: bigint;
  readonly happened_ms: number;
}

export interface AdjustmentRow {
  readonly store_id: string;
  readonly product_id: string;
  readonly version: number;
  readonly adjustment_id: string;
  readonly location_id: string;
  readonly sku: string;
  readonly delta: number;
  readonly reason: string;
  readonly on_hand: number;
  readonly order_id: string | null;
  readonly happened_ms: number;
}

export type OrderEvent = Extract<AnyEvent, { eventType: `ecommerce.order.order.${string}` }>;
export type ProductEvent = Extract<AnyEvent, { eventType: `ecommerce.product.${string}` }>;

export const isOrderEvent = (event: AnyEvent): event is OrderEvent =>
  event.eventType.startsWith('ecommerce.order.order.');
export const isProductEvent = (event: AnyEvent): event is ProductEvent =>
  event.eventType.startsWith('ecommerce.product.');

export function orderRow(event: OrderEvent): OrderRow {
  const { orderId, userId, status, currency, totalAmount, createdAt } = event.payload;
  const at = event.occurredAt.getTime();
  const total = fromDecimal(totalAmount, currency);
  const type = event.eventType;
  const row = {
    ...{ store_id: event.storeId, order_id: orderId, version: event.aggregateVersion, status },
    ...{ customer_id: userId, currency, total_minor: total, created_ms: createdAt.getTime() },
    ...{ captured_minor: null, refunded_minor: null, paid_ms: null, ended_ms: null },
  };
  switch (type) {
    case 'ecommerce.order.order.paid.v1':
      return { ...row, captured_minor: total, paid_ms: at };
    case 'ecommerce.order.order.refunded.v1':
      return { ...row, refunded_minor: fromDecimal(event.payload.refundedTotal, currency) };
    case 'ecommerce.order.order.canceled.v1':
      return {
        ...row,
        ended_ms: at,
        ...(event.payload.previousStatus === 'PAID' ? { refunded_minor: total } : {}),
      };
    case 'ecommerce.order.order.expired.v1':
      return { ...row, ended_ms: at };
    default:
      return row;
  }
}

/** The row after both: the later event says what it says, the rest stays. */
export const mergeOrder = (before: OrderRow, after: OrderRow): OrderRow => ({
  ...after,
  captured_minor: after.captured_minor ?? before.captured_minor,
  refunded_minor: after.refunded_minor ?? before.refunded_minor,
  paid_ms: after.paid_ms ?? before.paid_ms,
  ended_ms: after.ended_ms ?? before.ended_ms,
});

export const lineRows = ({ storeId, payload }: EventOf<'ecommerce.order.order.created.v1'>): LineRow[] =>
  payload.items.map(({ productId, qty, price, total }, at) => ({
    ...{ store_id: storeId, order_id: payload.orderId, line: at + 1, product_id: productId, qty },
    total_minor:
      total === null
        ? fromDecimal(price, payload.currency) * BigInt(qty)
        : fromDecimal(total, payload.currency),
    ordered_ms: payload.createdAt.getTime(),
  }));

/** The money that an event moved, each by a name that it has once per order. */
export function movementRow(event: OrderEvent): MovementRow | undefined {
  const { orderId, currency, totalAmount } = event.payload;
  const of = (
    kind: MovementRow['kind'],
    movement_id: string,
    amount: Parameters<typeof fromDecimal>[0],
  ): MovementRow => ({
    ...{ store_id: event.storeId, order_id: orderId, movement_id, kind, currency },
    amount_minor: fromDecimal(amount, currency),
    happened_ms: event.occurredAt.getTime(),
  });
  switch (event.eventType) {
    case 'ecommerce.order.order.paid.v1':
      return of('CAPTURE', 'capture', totalAmount);
    case 'ecommerce.order.order.refunded.v1':
      return of('REFUND', `refund ${event.payload.refundId}`, event.payload.amount);
    case 'ecommerce.order.order.canceled.v1':
      return event.payload.previousStatus === 'PAID' ? of('CANCEL', 'cancel', totalAmount) : undefined;
    default:
      return undefined;
  }
}

export function adjustmentRow({
  payload,
  ...event
}: EventOf<'ecommerce.inventory.stock.adjusted.v1'>): AdjustmentRow {
  return {
    ...{ store_id: event.storeId, product_id: payload.productId, version: event.aggregateVersion },
    ...{ adjustment_id: payload.adjustmentId, location_id: payload.storeId, sku: payload.sku },
    ...{ delta: payload.delta, reason: payload.reason, on_hand: payload.onHand, order_id: payload.orderId },
    happened_ms: event.occurredAt.getTime(),
  };
}
