import { fileURLToPath } from 'node:url';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { setStockCommand } from '#set-stock/http.ts';
import type { ReserveStock, WantedLine } from '#reserve-stock/decide.ts';
import { inventoryStore } from '#store.ts';

const dir = fileURLToPath(new URL('../migrations', import.meta.url));

export const contextIn = (storeId: string): CommandContext => ({
  storeId,
  correlationId: newId(),
  causationId: null,
});

/** The store on a database of its own. */
export async function openInventory() {
  const database = await templateDatabase({ name: 'inventory', dir });
  const db = openDatabase({ url: database.databaseUrl, name: 'inventory-test' });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'inventory-test', maxConnections: 4 });
  const encoder = eventEncoder('inventory-service', createLocalRegistry());
  const store = inventoryStore(db, encoder, () => undefined);
  return {
    database,
    db,
    systemDb,
    store,
    /** A second process, as far as the database can tell. */
    anotherStore: () => inventoryStore(db, encoder, () => undefined),
    /** Counts a stock of product `P-<sku>`. */
    async stock(sku: string, onHand: number, { tenant = 'STORE-1' } = {}): Promise<void> {
      const storeId = tenant;
      const command = setStockCommand({
        ...{ storeId, sku, productId: `P-${sku}`, onHand, adjustmentId: newId() },
        ...{ reorderPoint: undefined, expectedVersion: undefined },
      });
      await store.handle(command, { context: contextIn(tenant) });
    },
    /** Rows of a query that sees every tenant. */
    rows: <Row extends object>(text: string, values: readonly unknown[] = []) =>
      systemDb.transaction('', (tx) => tx.execute<Row>(text, values)),
    async close(): Promise<void> {
      await Promise.all([db.close(), systemDb.close()]);
      await database.drop();
    },
  };
}

export const wanted = (sku: string, qty = 1, storeId = 'STORE-1'): WantedLine => ({
  ...{ productId: `P-${sku}`, sku: undefined, storeId, qty },
});

export const reservation = (lines: readonly WantedLine[], reservationId = newId()): ReserveStock => ({
  ...{ reservationId, orderId: null, ttlMs: 900_000, lines },
});
