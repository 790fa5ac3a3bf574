import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { idempotencyExpiry } from './idempotency-expiry.ts';
import { quiet, stockDatabase, type StockDatabase } from './stock.fixture.ts';

describe('idempotency expiry', () => {
  let database: StockDatabase;
  const sweeper = () =>
    idempotencyExpiry({ systemDb: database.systemDb, log: quiet, batchSize: 100, everyMs: 60_000 });

  beforeAll(async () => {
    database = await stockDatabase();
  });
  afterAll(() => database.close());
  beforeEach(() => database.sql('truncate idempotency_keys'));

  const record = (store: string, count: number, age: string) =>
    database.sql(
      `insert into idempotency_keys (store_id, principal, route, key, payload_hash, status, body, created_at)
       select $1, 'U', 'POST /x', $3 || i, 'h', 200, '{}', now() - $3::interval from generate_series(1, $2) i`,
      [store, count, age],
    );
  const left = () =>
    database.sql<{ store: string; count: number }>(
      'select store_id as store, count(*)::int as count from idempotency_keys group by 1 order by 1',
    );

  it('forgets what is older than a day, of every tenant, and nothing younger', async () => {
    await record('STORE-1', 250, '24 hours 1 second');
    await record('STORE-2', 30, '3 days');
    await record('STORE-1', 7, '23 hours 59 minutes');
    expect(await sweeper().sweep()).toBe(280);
    expect(await left()).toEqual([{ store: 'STORE-1', count: 7 }]);
  });

  it('is done once by all processes together', async () => {
    await record('STORE-1', 500, '2 days');
    const counts = await Promise.all([1, 2, 3, 4].map(() => sweeper().sweep()));
    const [rest] = await left();
    expect(counts.reduce((sum, count) => sum + count, 0) + (rest?.count ?? 0)).toBe(500);
    await sweeper().sweep();
    expect(await left()).toEqual([]);
  });
});
