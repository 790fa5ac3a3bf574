import type { Database } from '@tradewind/postgres/database.ts';
import type { TrackingEvent } from '#carriers/carrier.ts';

export interface KnownShipment {
  readonly storeId: string;
  readonly orderId: string;
  readonly shipmentId: string;
}

/** What shipping knows beside the orders' events: addresses, which must not go into these, and where parcels are. */
export interface ShippingBook {
  addressOf(storeId: string, orderId: string): Promise<Readonly<Record<string, string>> | null>;
  /** The shipment that has a carrier's number: carriers know no tenants. */
  find(carrier: string, trackingNumber: string): Promise<KnownShipment | undefined>;
  /** Keeps what a carrier told, each event once, however it came. */
  record(storeId: string, shipmentId: string, events: readonly TrackingEvent[]): Promise<void>;
}

const address = `select shipping_address as address from orders where order_id = $1`;
const find = `
  select store_id as "storeId", order_id as "orderId", shipment_id as "shipmentId" from shipments
  where carrier = $1 and tracking_number = $2`;
const record = `
  insert into tracking_events (store_id, shipment_id, event_id, status, detail, occurred_at)
  select $1, $2, status || ' ' || at, status, detail, at::timestamptz
  from json_to_recordset($3) as r (status text, detail text, at text)
  on conflict do nothing`;

/** @param systemDb sees every tenant */
export function shippingBook(db: Database, systemDb: Database): ShippingBook {
  return {
    addressOf: (storeId, orderId) =>
      db.transaction(storeId, async (tx) => {
        const rows = await tx.query<{ address: Record<string, string> | null }>(address, [orderId]);
        return rows[0]?.address ?? null;
      }),
    find: (carrier, trackingNumber) =>
      systemDb.transaction('', async (tx) => {
        const rows = await tx.query<KnownShipment>(find, [carrier, trackingNumber]);
        return rows[0];
      }),
    record: (storeId, shipmentId, events) =>
      db.transaction(storeId, async (tx) => {
        await tx.query(record, [storeId, shipmentId, JSON.stringify(events)]);
      }),
  };
}
