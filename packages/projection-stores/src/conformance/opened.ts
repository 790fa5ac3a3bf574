import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { StockDatabase } from '@tradewind/outbox/stock.fixture.ts';
import { openStores, type StoreAddresses, type Stores } from '#open-stores.ts';

/** Stores under a name of this run, with a connection of the owner's, which makes the versions in Postgres. */
export async function opened(database: StockDatabase, at: StoreAddresses): Promise<Stores> {
  const owner = new pg.Client(database.ownerUrl);
  await owner.connect();
  const namespace = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const stores = openStores(namespace, at, { owner, systemDb: database.systemDb });
  return {
    ...stores,
    async close() {
      await Promise.all([stores.close(), owner.end()]);
    },
  };
}
