import type { EventType } from '@tradewind/contracts/event.ts';
import type { DomainEvent } from '@tradewind/outbox/encoder.ts';
import type { Reservation, StockRow } from './stock.ts';

/** What is published. Payloads state the row as it is after the change; `version` is the row's. */
export type PublishedEvent = DomainEvent<Extract<EventType, `ecommerce.inventory.stock.${string}`>>;

/** What only this service's tables need to know. */
export type InternalEvent =
  | { readonly type: 'reservation.made'; readonly payload: Reservation }
  | {
      readonly type: 'reservation.moved';
      readonly payload: Pick<Reservation, 'reservationId' | 'state' | 'expiresAt'>;
    }
  | { readonly type: 'stock.settings-changed'; readonly payload: StockRow };

export type StockEvent = PublishedEvent | InternalEvent;

export function isPublished(event: StockEvent): event is PublishedEvent {
  return event.type.startsWith('ecommerce.');
}

/** Why and for what the pieces on hand change. */
export interface Cause {
  readonly adjustmentId: string;
  readonly reason: string;
  readonly reservationId?: string;
  readonly orderId?: string | null;
  readonly deviceId?: string;
  readonly seq?: number;
}

type Held = Pick<Reservation, 'reservationId' | 'orderId'> & { readonly qty: number };

const levels = ({ productId, sku, storeId, onHand, reserved, version }: StockRow) => ({
  productId,
  sku,
  storeId,
  onHand,
  reserved,
  available: onHand - reserved,
  version,
});

export const adjusted = (row: StockRow, delta: number, cause: Cause): PublishedEvent => ({
  type: 'ecommerce.inventory.stock.adjusted.v1',
  payload: {
    ...levels(row),
    delta,
    reason: cause.reason,
    adjustmentId: cause.adjustmentId,
    reservationId: cause.reservationId ?? null,
    orderId: cause.orderId ?? null,
    deviceId: cause.deviceId ?? null,
    seq: cause.seq ?? null,
  },
});

export const reserved = (row: StockRow, held: Held, expiresAt: Date | null): PublishedEvent => ({
  type: 'ecommerce.inventory.stock.reserved.v1',
  payload: {
    ...levels(row),
    qty: held.qty,
    reservationId: held.reservationId,
    orderId: held.orderId,
    expiresAt,
  },
});

export const confirmed = (row: StockRow, held: Held): PublishedEvent => ({
  type: 'ecommerce.inventory.stock.confirmed.v1',
  payload: { ...levels(row), qty: held.qty, reservationId: held.reservationId, orderId: held.orderId },
});

export const released = (row: StockRow, held: Held, reason: string | null): PublishedEvent => ({
  type: 'ecommerce.inventory.stock.released.v1',
  payload: {
    ...levels(row),
    qty: held.qty,
    reservationId: held.reservationId,
    orderId: held.orderId,
    reason,
  },
});

export const expired = (row: StockRow, held: Held): PublishedEvent => ({
  type: 'ecommerce.inventory.stock.expired.v1',
  payload: { ...levels(row), qty: held.qty, reservationId: held.reservationId, orderId: held.orderId },
});

/** The event that available stock fell to the reorder point, if it did between these two states of a row. */
export function low(before: StockRow, after: StockRow): readonly PublishedEvent[] {
  if (after.reorderPoint === null) return [];
  const was = before.reorderPoint !== null && before.onHand - before.reserved <= before.reorderPoint;
  const is = after.onHand - after.reserved <= after.reorderPoint;
  if (was || !is) return [];
  return [
    {
      type: 'ecommerce.inventory.stock.low.v1',
      payload: { ...levels(after), reorderPoint: after.reorderPoint },
    },
  ];
}
