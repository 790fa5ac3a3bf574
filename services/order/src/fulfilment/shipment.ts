import type { Handled } from '@tradewind/outbox/command-store.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Address, Carrier, Label, Outcome, Parcel } from '#carriers/carrier.ts';
import { addressOf } from '#carriers/address.ts';
import type { Carriers } from '#carriers/carriers.ts';
import type { MaybeOrder, Order } from '#order/order.ts';
import type { Shipment } from '#order/parts.ts';
import { failShipment, recordLabel } from '#ship-order/decide.ts';
import type { ShippingBook } from '#shipping-book.ts';
import type { OrderStore } from '#store.ts';
import { SHIP_WITHIN_MS } from './saga.ts';

export interface ShipDeps {
  readonly orders: OrderStore;
  readonly carriers: Carriers;
  readonly book: ShippingBook;
  /** Where parcels are handed over. */
  readonly shipFrom: Address;
}

export interface ShipOptions {
  readonly context: CommandContext;
  /** Longest time of each question to the carrier. */
  readonly withinMs: number;
  /** The database's time, where it was tried before; undefined where it is new, so that no label can be there. */
  readonly now?: Date | undefined;
}

/** Products have no weight here: so much counts for a piece. */
const PIECE_GRAMS = 500;
const LIGHTEST_GRAMS = 500;

/**
 * The step of a shipment that was asked for: the cheapest label is bought, once per shipmentId. Undefined where the carrier
 * has not answered: the shipment waits, and the saga's timer asks again; what has waited too long is given up, and a label
 * that may have been bought for it is given back.
 */
export async function carryOutShipment(
  deps: ShipDeps,
  order: Order,
  shipmentId: string,
  { context, withinMs, now }: ShipOptions,
): Promise<Handled<MaybeOrder> | undefined> {
  const shipment = order.shipments.find((one) => one.shipmentId === shipmentId);
  if (shipment?.state !== 'REQUESTED') return undefined;
  const carrier = deps.carriers.all.find(({ code }) => code === shipment.carrier);
  if (!carrier) return fail(deps, order, shipment, 'CARRIER_UNAVAILABLE', 'no such carrier', context);
  if (now && now.getTime() >= shipment.requestedAt.getTime() + SHIP_WITHIN_MS) {
    return giveUp(deps, order, shipment, carrier, { context, withinMs });
  }
  const bought = await purchase(deps, order, shipment, carrier, { context, withinMs, now });
  failpoint('ship.labeled');
  if (bought.kind === 'REFUSED') return fail(deps, order, shipment, bought.code, bought.detail, context);
  if (bought.kind !== 'DONE') return undefined;
  const label = bought.value;
  const recorded = await record(deps.orders, order.orderId, shipmentId, label, context);
  // Whoever gave the shipment up meanwhile has found no label to be given back.
  const after = recorded.state?.shipments.find((one) => one.shipmentId === shipmentId);
  if (after?.state === 'FAILED') await carrier.cancelLabel(label.trackingNumber, { withinMs });
  return recorded;
}

async function purchase(
  { book, shipFrom }: ShipDeps,
  { orderId }: Order,
  { shipmentId, items }: Shipment,
  carrier: Carrier,
  { context, withinMs, now }: ShipOptions,
): Promise<Outcome<Label>> {
  if (now) {
    // Bought by an earlier try whose answer was lost, at the price of then.
    const found = await carrier.findLabel(shipmentId, { withinMs });
    if (found.kind !== 'DONE') return found;
    if (found.value) return { kind: 'DONE', value: found.value };
  }
  const pieces = items.reduce((sum, { qty }) => sum + qty, 0);
  const parcel: Parcel = {
    to: addressOf(await book.addressOf(context.storeId, orderId), shipFrom),
    weightGrams: Math.max(pieces * PIECE_GRAMS, LIGHTEST_GRAMS),
  };
  const quotes = await carrier.quote(parcel, { withinMs });
  if (quotes.kind !== 'DONE') return quotes;
  const [cheapest] = quotes.value;
  if (!cheapest) return { kind: 'REFUSED', code: 'CARRIER_REFUSED', detail: 'no service was offered' };
  const bought = await carrier.buyLabel({ shipmentId, parcel, service: cheapest.service }, { withinMs });
  if (bought.kind !== 'REFUSED' || bought.code !== 'REFERENCE_IN_USE') return bought;
  // Another try was faster, when another service was the cheapest.
  const found = await carrier.findLabel(shipmentId, { withinMs });
  if (found.kind !== 'DONE') return found;
  return found.value ? { kind: 'DONE', value: found.value } : bought;
}

const record = (
  orders: OrderStore,
  orderId: string,
  shipmentId: string,
  { trackingNumber, service, price, labelUrl }: Label,
  context: CommandContext,
): Promise<Handled<MaybeOrder>> => {
  const quote = { amount: price.minor, currency: price.currency };
  const label = { shipmentId, trackingNumber, service, labelUrl, quote };
  return orders.handle(orderId, (latest, { now }) => recordLabel(latest, label, now), { context });
};

const fail = (
  { orders }: ShipDeps,
  { orderId }: Order,
  { shipmentId }: Shipment,
  code: string,
  reason: string,
  context: CommandContext,
): Promise<Handled<MaybeOrder>> =>
  orders.handle(orderId, (latest, { now }) => failShipment(latest, { shipmentId, code, reason }, now), {
    context,
  });

/** Only a carrier that answers can say that nothing was bought, so even giving up may have to wait. */
async function giveUp(
  deps: ShipDeps,
  order: Order,
  shipment: Shipment,
  carrier: Carrier,
  { context, withinMs }: ShipOptions,
): Promise<Handled<MaybeOrder> | undefined> {
  const found = await carrier.findLabel(shipment.shipmentId, { withinMs });
  if (found.kind !== 'DONE') return undefined;
  if (found.value) {
    const canceled = await carrier.cancelLabel(found.value.trackingNumber, { withinMs });
    // It is on its way all the same.
    if (canceled.kind === 'REFUSED')
      return record(deps.orders, order.orderId, shipment.shipmentId, found.value, context);
    if (canceled.kind !== 'DONE') return undefined;
  }
  return fail(deps, order, shipment, 'CARRIER_UNAVAILABLE', 'the carrier did not answer in time', context);
}
