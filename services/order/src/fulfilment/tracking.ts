import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { TrackingEvent } from '#carriers/carrier.ts';
import type { Order } from '#order/order.ts';
import { deliverShipment } from '#ship-order/decide.ts';
import type { ShipDeps } from './shipment.ts';

export type TrackDeps = Pick<ShipDeps, 'orders' | 'carriers' | 'book'>;

/** The step of a shipment on its way: its carrier is asked, for callbacks may get lost. */
export async function trackShipment(
  deps: TrackDeps,
  order: Order,
  shipmentId: string,
  context: CommandContext,
  withinMs: number,
): Promise<void> {
  const shipment = order.shipments.find((one) => one.shipmentId === shipmentId);
  if (shipment?.state !== 'SHIPPED' || !shipment.trackingNumber) return;
  const carrier = deps.carriers.all.find(({ code }) => code === shipment.carrier);
  const told = await carrier?.track(shipment.trackingNumber, { withinMs });
  if (told?.kind !== 'DONE') return;
  await noteTracking(deps, order.orderId, shipmentId, told.value, context);
}

/** Keeps what the carrier told; that it was delivered is the order's business, too. Any order, and repeats, are fine. */
export async function noteTracking(
  { orders, book }: TrackDeps,
  orderId: string,
  shipmentId: string,
  events: readonly TrackingEvent[],
  context: CommandContext,
): Promise<void> {
  if (events.length === 0) return;
  await book.record(context.storeId, shipmentId, events);
  failpoint('track.recorded');
  const delivered = events.find(({ status }) => status === 'DELIVERED');
  if (!delivered) return;
  await orders.handle(orderId, (latest) => deliverShipment(latest, shipmentId, delivered.at), { context });
}
