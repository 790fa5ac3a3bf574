import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { createProjector, type Projector } from '@tradewind/outbox/projector.ts';
import type { ProjectionStore, StoredRow } from '@tradewind/outbox/projection-store.ts';
import { stockDatabase, type StockDatabase } from '@tradewind/outbox/stock.fixture.ts';
import type { Message } from '@tradewind/messaging/broker.ts';
import { applying } from '#conformance/applying.ts';
import { decode, levelsIn, levelTables, messageSource, type Sample } from '#conformance/levels.ts';
import { locating } from '#conformance/locating.ts';
import { moving } from '#conformance/moving.ts';
import { parking } from '#conformance/parking.ts';
import { byPlace, type Fixture, type StoreUnderTest } from '#conformance/under-test.ts';
import type { Stores } from '#open-stores.ts';

/** Versions of one test to those of the next: a test may make some of its own. */
const STEP = 10;

/** What every store of projections promises, whatever it is. */
export function storeConformance(subject: StoreUnderTest): void {
  describe(`${subject.kind} as a store of projections`, () => {
    const projection = levelsIn(subject.kind);
    let database: StockDatabase;
    let stores: Stores;
    let store: ProjectionStore;
    let version = 1;
    let projector: Projector;
    let message: (sample: Sample) => Message;

    beforeAll(async () => {
      database = await stockDatabase();
      await database.sql(levelTables);
      // Every version of these tests is made like this one.
      await database.sql('create table stock_levels_shape (like stock_levels_v1 including all)');
      stores = await subject.open(database);
      store = await stores.open(subject.kind);
    });
    afterAll(async () => {
      for (let made = 1 + STEP; made <= version; made += STEP) await store.drop(projection, made);
      await stores.close();
      await database.close();
    });
    beforeEach(async () => {
      await database.sql('truncate parked_events, outbox, stock');
      version += STEP;
      await store.create(projection, version);
      await database.sql('delete from projections');
      await database.sql(
        `insert into projections (name, version, state, store) values ('stock_levels', $1, 'live', $2)`,
        [version, subject.kind],
      );
      projector = fixture.another();
      message = messageSource();
    });

    const fixture: Fixture = {
      projection,
      get database() {
        return database;
      },
      get stores() {
        return stores;
      },
      get store() {
        return store;
      },
      get version() {
        return version;
      },
      get projector() {
        return projector;
      },
      another: (db = database.db) => createProjector({ projection, version, db, decode, store }),
      message: (sample) => message(sample),
      async apply(messages, by = projector) {
        const batches = Map.groupBy(messages, ({ topic, partition }) => `${topic} ${partition}`);
        await Promise.all([...batches.values()].map((batch) => by.apply(batch)));
      },
      async rows(of = version) {
        const rows: StoredRow[] = [];
        for await (const batch of store.scan(projection, of)) rows.push(...batch);
        return rows.sort(byPlace);
      },
      async totals(of = version) {
        const rows = await fixture.rows(of);
        return rows.map(
          (row) =>
            `${row.store_id === 'STORE-1' ? '' : `${row.store_id} `}${String(row['product_id'])} ${Number(row['total'])}/${Number(row['other_total'])}`,
        );
      },
      async parked() {
        const rows = await database.sql<{ key: string; code: string | null }>(
          'select partition_key as key, error_code as code from parked_events order by id',
        );
        return rows.map(({ key, code }) => `${key} ${code ?? 'waits'}`);
      },
    };

    applying(fixture);
    if (subject.kind !== 'postgres') locating(fixture);
    parking(fixture, subject);
    moving(fixture, subject);
  });
}
