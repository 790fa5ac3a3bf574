import pg from 'pg';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { openDatabase, type Database } from '@tradewind/postgres/database.ts';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { createStore, type CommandStore } from './command-store.ts';
import type { CommandContext } from './context.ts';
import { type DomainEvent, eventEncoder } from './encoder.ts';
import type { Log } from './logger.ts';

/** The smallest aggregate that publishes: pieces of a product. */
export interface Stock {
  readonly onHand: number;
}
export type StockEvent = DomainEvent<'ecommerce.inventory.stock.adjusted.v1'>;

export const STOCK_ADJUSTED = 'ecommerce.inventory.stock.adjusted.v1';
export const TOPIC = 'ecommerce.inventory.stock';
export const registry = createLocalRegistry();

export const context = (storeId = 'STORE-1'): CommandContext => ({
  storeId,
  correlationId: 'corr-1',
  causationId: null,
});

/** decide: refuses to go below zero. */
export const adjust =
  (productId: string, delta: number) =>
  ({ onHand }: Stock): StockEvent[] => {
    if (onHand + delta < 0) throw new DomainError('NEGATIVE_STOCK', 'conflict', 'not that many');
    return [stockAdjusted(productId, delta, onHand + delta)];
  };

export const stockAdjusted = (productId: string, delta: number, onHand: number): StockEvent => ({
  type: STOCK_ADJUSTED,
  payload: {
    productId,
    sku: `SKU-${productId}`,
    storeId: 'STORE-1',
    onHand,
    reserved: 0,
    available: onHand,
    version: 1,
    delta,
    reason: 'COUNT',
    adjustmentId: newId(),
    reservationId: null,
    orderId: null,
    deviceId: null,
    seq: null,
  },
});

const tables = `
  create table stock (
    store_id text not null, product_id text not null, on_hand integer not null check (on_hand <= 1000),
    version integer not null, primary key (store_id, product_id));
  call tradewind_isolate('stock');`;

const load = `
  select product_id as key, on_hand as "onHand", version from stock where product_id = any($1)
  order by product_id for update`;

const save = `
  insert into stock (store_id, product_id, on_hand, version)
  select $1, key, on_hand, version from json_to_recordset($2) as r (key text, on_hand int, version int)
  on conflict (store_id, product_id) do update set on_hand = excluded.on_hand, version = excluded.version`;

export function stockStore(
  db: Database,
  onCommit: () => void = () => undefined,
): CommandStore<Stock, StockEvent> {
  return createStore<Stock, StockEvent>({
    db,
    encoder: eventEncoder('inventory', registry),
    initial: { onHand: 0 },
    evolve: (_state, { payload }) => ({ onHand: payload.onHand }),
    onCommit,
    async load(tx, keys) {
      const rows = await tx.query<{ key: string; onHand: number; version: number }>(load, [keys]);
      return new Map(rows.map(({ key, onHand, version }) => [key, { state: { onHand }, version }]));
    },
    async save(tx, changes) {
      const rows = changes.map(({ key, state, version }) => ({ key, on_hand: state.onHand, version }));
      await tx.query(save, [tx.storeId, JSON.stringify(rows)]);
    },
  });
}

export interface StockDatabase extends TestDatabase {
  readonly db: Database;
  readonly systemDb: Database;
  /** Runs SQL as the owner of the tables. */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** A database with the outbox's tables and one of stock; every spec file has its own. */
export async function stockDatabase(): Promise<StockDatabase> {
  const database = await templateDatabase();
  const owner = new pg.Client(database.ownerUrl);
  await owner.connect();
  await owner.query(tables);
  const db = openDatabase({ url: database.databaseUrl, name: 'inventory' });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'inventory:system' });
  return {
    ...database,
    db,
    systemDb,
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await owner.query<Row>(text, [...values])).rows,
    async close() {
      await Promise.all([db.close(), systemDb.close(), owner.end()]);
      await database.drop();
    },
  };
}

export const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
