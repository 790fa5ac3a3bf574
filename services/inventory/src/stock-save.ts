import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { StockEvent } from '#stock/events.ts';
import { rowKey, type StockRow } from '#stock/stock.ts';
import type { LoadedStock } from '#stock-load.ts';

const updateProducts = `
  update product_stock p set version = r.version
  from json_to_recordset($2) as r (product_id text, version int)
  where p.store_id = $1 and p.product_id = r.product_id`;

const updateRows = `
  update inventory_stock s
  set on_hand = r.on_hand, reserved = r.reserved, version = r.version, reorder_point = r.reorder_point, updated_at = now()
  from json_to_recordset($2) as r (location_id text, sku text, on_hand int, reserved int, version int,
    reorder_point int)
  where s.store_id = $1 and s.location_id = r.location_id and s.sku = r.sku`;

const insertItems = `
  insert into inventory_item (store_id, sku, product_id)
  select distinct $1, sku, product_id from json_to_recordset($2) as r (sku text, product_id text)
  on conflict do nothing`;

const insertLocations = `
  insert into inventory_location (store_id, location_id)
  select distinct $1, location_id from json_to_recordset($2) as r (location_id text)
  on conflict do nothing`;

const insertRows = `
  insert into inventory_stock (store_id, location_id, sku, product_id, on_hand, reserved, version, reorder_point, updated_at)
  select $1, location_id, sku, product_id, on_hand, reserved, version, reorder_point, now()
  from json_to_recordset($2) as r (location_id text, sku text, product_id text, on_hand int, reserved int, version int,
    reorder_point int)`;

const insertReservations = `
  insert into stock_reservation (store_id, reservation_id, line, order_id, product_id, sku, location_id, qty, state,
    expires_at, created_at, updated_at)
  select $1, reservation_id, line, order_id, product_id, sku, location_id, qty, 'HELD', expires_at, now(), now()
  from json_to_recordset($2) as r (reservation_id text, line int, order_id text, product_id text, sku text,
    location_id text, qty int, expires_at timestamptz)`;

const moveReservations = `
  update stock_reservation s set state = r.state, expires_at = r.expires_at, updated_at = now(),
    held_until = case when s.state = 'HELD' and r.state <> 'HELD' then now() else s.held_until end
  from json_to_recordset($2) as r (reservation_id text, state text, expires_at timestamptz)
  where s.store_id = $1 and s.reservation_id = r.reservation_id`;

const insertLedger = `
  insert into inventory_adjustment (store_id, adjustment_id, location_id, sku, product_id, delta, reason, reservation_id,
    device_id, seq, on_hand_after, created_at)
  select $1, adjustment_id, location_id, sku, product_id, delta, reason, reservation_id, device_id, seq, on_hand_after,
    now()
  from json_to_recordset($2) as r (adjustment_id text, location_id text, sku text, product_id text, delta int,
    reason text, reservation_id text, device_id text, seq bigint, on_hand_after int)`;

/** Stores what a batch of events led to: one statement per table, whatever the number of commands. */
export async function saveStock(
  tx: Transaction,
  { state, versions, before }: LoadedStock,
  events: readonly StockEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const rows = new Map<string, StockRow>();
  const created = new Set<string>();
  const ledger: object[] = [];
  const made: object[] = [];
  const moved = new Map<string, object>();
  for (const event of events) {
    switch (event.type) {
      case 'reservation.made': {
        const { reservationId, orderId, expiresAt, lines } = event.payload;
        lines.forEach((line, index) =>
          made.push({
            ...{ reservation_id: reservationId, line: index + 1, order_id: orderId, expires_at: expiresAt },
            ...{ product_id: line.productId, sku: line.sku, location_id: line.storeId, qty: line.qty },
          }),
        );
        break;
      }
      case 'reservation.moved': {
        const { reservationId, state: to, expiresAt } = event.payload;
        moved.set(reservationId, { reservation_id: reservationId, state: to, expires_at: expiresAt });
        break;
      }
      default: {
        const { storeId, sku, version } = event.payload;
        const row = state.row(storeId, sku);
        if (row) rows.set(rowKey(storeId, sku), row);
        if (version === 1) created.add(rowKey(storeId, sku));
      }
    }
    if (event.type === 'ecommerce.inventory.stock.adjusted.v1') {
      const { adjustmentId, storeId, sku, productId, delta, reason, reservationId, deviceId, seq, onHand } =
        event.payload;
      ledger.push({
        ...{ adjustment_id: adjustmentId, location_id: storeId, sku, product_id: productId, delta, reason },
        ...{ reservation_id: reservationId, device_id: deviceId, seq, on_hand_after: onHand },
      });
    }
  }
  const changed = [...versions].filter(([id, version]) => before.get(id) !== version);
  const json = [...rows].map(([key, row]) => ({ key, ...toJson(row) }));
  const fresh = json.filter(({ key }) => created.has(key));
  const known = json.filter(({ key }) => !created.has(key));
  // The same order in every transaction; all of them hold the products' locks.
  await Promise.all([
    send(
      tx,
      updateProducts,
      changed.map(([id, version]) => ({ product_id: id, version })),
    ),
    send(tx, insertItems, fresh),
    send(tx, insertLocations, fresh),
    send(tx, insertRows, fresh),
    send(tx, updateRows, known),
    send(tx, insertReservations, made),
    send(tx, moveReservations, [...moved.values()]),
    send(tx, insertLedger, ledger),
  ]);
}

function send(tx: Transaction, statement: string, rows: readonly object[]): Promise<object[]> | undefined {
  return rows.length > 0 ? tx.query(statement, [tx.storeId, JSON.stringify(rows)]) : undefined;
}

const toJson = ({ storeId, sku, productId, onHand, reserved, version, reorderPoint }: StockRow) => ({
  ...{ location_id: storeId, sku, product_id: productId, on_hand: onHand, reserved, version },
  reorder_point: reorderPoint,
});
