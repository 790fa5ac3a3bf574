import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { StarDatabase } from './database.ts';
import {
  type AdjustmentRow,
  adjustmentRow,
  isOrderEvent,
  isProductEvent,
  type LineRow,
  lineRows,
  mergeOrder,
  type MovementRow,
  movementRow,
  type OrderRow,
  orderRow,
  type ProductEvent,
} from './facts.ts';
import { type ProductRow, productRows } from './product-versions.ts';

const orders = `
  insert into fact_orders as t
  select store_id, order_id, version, status, customer_id, currency, total_minor, coalesce(captured_minor, 0),
    coalesce(refunded_minor, 0), epoch_ms(created_ms)::date, epoch_ms(paid_ms)::date, epoch_ms(ended_ms)::date,
    epoch_ms(created_ms), epoch_ms(paid_ms), epoch_ms(ended_ms)
  from input
  on conflict (store_id, order_id) do update set version = excluded.version, status = excluded.status,
    captured_minor = greatest(t.captured_minor, excluded.captured_minor),
    refunded_minor = greatest(t.refunded_minor, excluded.refunded_minor),
    paid_on = coalesce(excluded.paid_on, t.paid_on), ended_on = coalesce(excluded.ended_on, t.ended_on),
    paid_at = coalesce(excluded.paid_at, t.paid_at), ended_at = coalesce(excluded.ended_at, t.ended_at)
  where excluded.version > t.version`;
const orderColumns = {
  ...{
    store_id: 'VARCHAR',
    order_id: 'VARCHAR',
    version: 'INTEGER',
    status: 'VARCHAR',
    customer_id: 'VARCHAR',
  },
  ...{ currency: 'VARCHAR', total_minor: 'BIGINT', captured_minor: 'BIGINT', refunded_minor: 'BIGINT' },
  ...{ created_ms: 'BIGINT', paid_ms: 'BIGINT', ended_ms: 'BIGINT' },
};

const lines = `
  insert into fact_order_lines
  select store_id, order_id, line, product_id, qty, total_minor, epoch_ms(ordered_ms) from input on conflict do nothing`;
const lineColumns = {
  ...{ store_id: 'VARCHAR', order_id: 'VARCHAR', line: 'INTEGER', product_id: 'VARCHAR', qty: 'INTEGER' },
  ...{ total_minor: 'BIGINT', ordered_ms: 'BIGINT' },
};

const movements = `
  insert into fact_order_movements
  select store_id, order_id, movement_id, kind, currency, amount_minor, epoch_ms(happened_ms)::date, epoch_ms(happened_ms)
  from input on conflict do nothing`;
// A cancellation takes back what its refunds, which were written before, have left.
const cancellations = `
  insert into fact_order_movements
  select * from (
    select r.store_id, r.order_id, r.movement_id, r.kind, r.currency, r.amount_minor - coalesce(b.back, 0) as amount_minor,
      epoch_ms(r.happened_ms)::date, epoch_ms(r.happened_ms)
    from input r left join (
      select m.store_id, m.order_id, sum(m.amount_minor)::bigint as back
      from fact_order_movements m semi join input on input.store_id = m.store_id and input.order_id = m.order_id
      where m.kind = 'REFUND' group by all
    ) b on b.store_id = r.store_id and b.order_id = r.order_id)
  where amount_minor > 0 on conflict do nothing`;
const movementColumns = {
  ...{ store_id: 'VARCHAR', order_id: 'VARCHAR', movement_id: 'VARCHAR', kind: 'VARCHAR' },
  ...{ currency: 'VARCHAR', amount_minor: 'BIGINT', happened_ms: 'BIGINT' },
};

const adjustments = `
  insert into fact_inventory_adjustments
  select store_id, product_id, version, adjustment_id, location_id, sku, delta, reason, on_hand, order_id,
    epoch_ms(happened_ms)::date, epoch_ms(happened_ms)
  from input on conflict do nothing`;
const adjustmentColumns = {
  ...{ store_id: 'VARCHAR', product_id: 'VARCHAR', version: 'INTEGER', adjustment_id: 'VARCHAR' },
  ...{ location_id: 'VARCHAR', sku: 'VARCHAR', delta: 'INTEGER', reason: 'VARCHAR', on_hand: 'INTEGER' },
  ...{ order_id: 'VARCHAR', happened_ms: 'BIGINT' },
};

const currentProducts = `
  select product_key, store_id, product_id, version, sku, name, category_id, status, price_minor, currency,
    epoch_ms(valid_from)::double as valid_from_ms, null as valid_to_ms, is_current
  from dim_product
  where is_current and store_id || '/' || product_id in (select unnest(from_json($1, '["VARCHAR"]')))`;
const products = `
  insert into dim_product
  select product_key, store_id, product_id, version, sku, name, category_id, status, price_minor, currency,
    epoch_ms(valid_from_ms), epoch_ms(valid_to_ms), is_current
  from input
  on conflict (product_key) do update set valid_to = excluded.valid_to, is_current = excluded.is_current`;
const productColumns = {
  ...{
    product_key: 'VARCHAR',
    store_id: 'VARCHAR',
    product_id: 'VARCHAR',
    version: 'INTEGER',
    sku: 'VARCHAR',
  },
  ...{
    name: 'VARCHAR',
    category_id: 'VARCHAR',
    status: 'VARCHAR',
    price_minor: 'BIGINT',
    currency: 'VARCHAR',
  },
  ...{ valid_from_ms: 'BIGINT', valid_to_ms: 'BIGINT', is_current: 'BOOLEAN' },
};

const changes = `
  insert into day_changes as t select store_id, happened_on::date, changes from input
  on conflict (store_id, happened_on) do update set changes = t.changes + excluded.changes`;
const changeColumns = { store_id: 'VARCHAR', happened_on: 'VARCHAR', changes: 'BIGINT' };

/** Writes events, which are in the order of their partitions, in the caller's transaction: a few statements per batch. */
export async function writeFacts(star: StarDatabase, events: readonly AnyEvent[]): Promise<void> {
  const orderRows = new Map<string, OrderRow>();
  const lineList: LineRow[] = [];
  const moved: MovementRow[] = [];
  const canceled: MovementRow[] = [];
  const adjusted: AdjustmentRow[] = [];
  const ofProducts = new Map<string, ProductEvent[]>();
  const days = new Map<string, { store_id: string; happened_on: string; changes: number }>();

  for (const event of events) {
    const key = `${event.storeId}/${event.partitionKey}`;
    if (isProductEvent(event)) {
      const known = ofProducts.get(key);
      if (known) known.push(event);
      else ofProducts.set(key, [event]);
    } else if (event.eventType === 'ecommerce.inventory.stock.adjusted.v1') {
      adjusted.push(adjustmentRow(event));
    } else if (isOrderEvent(event)) {
      const [before, row] = [orderRows.get(key), orderRow(event)];
      if (!before || row.version > before.version) orderRows.set(key, before ? mergeOrder(before, row) : row);
      if (event.eventType === 'ecommerce.order.order.created.v1') lineList.push(...lineRows(event));
      const movement = movementRow(event);
      if (movement) (movement.kind === 'CANCEL' ? canceled : moved).push(movement);
      const happened_on = event.occurredAt.toISOString().slice(0, 10);
      const day = days.get(`${event.storeId} ${happened_on}`);
      if (day) day.changes++;
      else days.set(`${event.storeId} ${happened_on}`, { store_id: event.storeId, happened_on, changes: 1 });
    }
  }
  await star.write(orders, orderColumns, [...orderRows.values()]);
  await star.write(
    lines,
    lineColumns,
    once(lineList, (row) => `${row.store_id}/${row.order_id}/${row.line}`),
  );
  const movementName = (row: MovementRow) => `${row.store_id}/${row.order_id}/${row.movement_id}`;
  await star.write(movements, movementColumns, once(moved, movementName));
  await star.write(cancellations, movementColumns, once(canceled, movementName));
  await star.write(
    adjustments,
    adjustmentColumns,
    once(adjusted, (row) => `${row.store_id}/${row.product_id}/${row.version}`),
  );
  await writeProducts(star, ofProducts);
  await star.write(changes, changeColumns, [...days.values()]);
}

async function writeProducts(star: StarDatabase, events: ReadonlyMap<string, ProductEvent[]>): Promise<void> {
  if (events.size === 0) return;
  const keys = JSON.stringify([...events.keys()]);
  const current = new Map(
    (await star.query<ProductRow>(currentProducts, [keys])).map((row) => [
      `${row.store_id}/${row.product_id}`,
      row,
    ]),
  );
  const rows = [...events].flatMap(([key, own]) => productRows(current.get(key), own));
  await star.write(products, productColumns, rows);
}

/** A batch may hold an event twice; the first one counts. */
function once<Row>(rows: readonly Row[], nameOf: (row: Row) => string): Row[] {
  const seen = new Map<string, Row>();
  for (const row of rows) if (!seen.has(nameOf(row))) seen.set(nameOf(row), row);
  return [...seen.values()];
}
