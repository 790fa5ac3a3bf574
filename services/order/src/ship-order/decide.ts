import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { notHandedOver } from '#order/in-the-way.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder, type Order } from '#order/order.ts';
import { covers, type Quantity, quantities, type Shipment, sum } from '#order/parts.ts';
import { linesOf, unsent } from '#order/pieces.ts';

export interface RequestShipment {
  readonly shipmentId: string;
  readonly carrier: string;
  readonly actor: string;
  /** Undefined = all that was picked and is still here. */
  readonly items: readonly Quantity[] | undefined;
  readonly now: Date;
  readonly expectedVersion?: number | undefined;
}

/** Picked pieces are to be sent; the carrier is asked when this is stored. */
export function requestShipment(maybe: MaybeOrder, command: RequestShipment): OrderEvent[] {
  const order = existing(maybe);
  const { shipmentId, carrier, actor, items, now } = command;
  if (order.shipments.some((one) => one.shipmentId === shipmentId)) return [];
  checkVersion(order, command.expectedVersion);
  if (order.status !== 'PAID' && order.status !== 'FULFILLED') {
    throw orderError('ORDER_NOT_SHIPPABLE', { details: { orderStatus: order.status } });
  }
  const refusal = notHandedOver(order);
  if (refusal) throw refusal;
  const here = unsent(order);
  const wanted = items ? sum(items) : here;
  if (wanted.size === 0 || !covers(here, wanted)) {
    const waiting = order.shipments
      .filter(({ state }) => state === 'REQUESTED')
      .map((one) => ({ shipmentId: one.shipmentId, carrier: one.carrier, items: one.items }));
    throw orderError('NOT_TO_SHIP', {
      ...(waiting.length > 0
        ? {
            message: 'the items are not all here: some wait in a shipment that its carrier has not taken yet',
          }
        : {}),
      details: { picked: quantities(here), waiting },
    });
  }
  return [
    {
      type: 'ecommerce.order.order.shipment_requested.v1',
      payload: {
        ...facts(order, order.status),
        ...{ shipmentId, carrier, requestedBy: actor, requestedAt: now },
        items: itemsOf({ lines: linesOf(order, quantities(wanted)), currency: order.currency }),
      },
    },
  ];
}

export interface Label {
  readonly shipmentId: string;
  readonly trackingNumber: string;
  readonly service: string | null;
  /** Minor units of its own currency. */
  readonly quote: { readonly amount: bigint; readonly currency: string } | null;
  readonly labelUrl: string | null;
}

/** The carrier has the shipment: it has a label and a number. */
export function recordLabel(maybe: MaybeOrder, label: Label, now: Date): OrderEvent[] {
  const order = existing(maybe);
  const shipment = inState(order, label.shipmentId, 'REQUESTED');
  if (!shipment) return [];
  const { shipmentId, trackingNumber, service, quote, labelUrl } = label;
  return [
    {
      type: 'ecommerce.order.order.shipped.v1',
      payload: {
        ...about(order, shipment),
        ...{ shipmentId, trackingNumber, service, labelUrl, shippedAt: now },
        shippingCost: quote && toDecimal(quote.amount, quote.currency),
        shippingCurrency: quote?.currency ?? null,
      },
    },
  ];
}

/** The carrier does not take it: the pieces are here, to be sent another way. */
export function failShipment(
  maybe: MaybeOrder,
  {
    shipmentId,
    code,
    reason,
  }: { readonly shipmentId: string; readonly code: string; readonly reason: string | null },
  now: Date,
): OrderEvent[] {
  const order = existing(maybe);
  const shipment = inState(order, shipmentId, 'REQUESTED');
  if (!shipment) return [];
  const { carrier } = shipment;
  return [
    {
      type: 'ecommerce.order.order.shipment_failed.v1',
      payload: { ...facts(order, order.status), shipmentId, carrier, code, reason, failedAt: now },
    },
  ];
}

/** It arrived. */
export function deliverShipment(maybe: MaybeOrder, shipmentId: string, deliveredAt: Date): OrderEvent[] {
  const order = existing(maybe);
  const shipment = inState(order, shipmentId, 'SHIPPED');
  if (!shipment) return [];
  return [
    {
      type: 'ecommerce.order.order.delivered.v1',
      payload: {
        ...about(order, shipment),
        ...{ shipmentId, trackingNumber: shipment.trackingNumber, deliveredAt },
      },
    },
  ];
}

const inState = (order: Order, shipmentId: string, state: Shipment['state']): Shipment | undefined =>
  order.shipments.find((one) => one.shipmentId === shipmentId && one.state === state);

const about = (order: Order, { carrier, items }: Shipment) => ({
  ...facts(order, order.status),
  carrier,
  items: itemsOf({ lines: linesOf(order, items), currency: order.currency }),
});
