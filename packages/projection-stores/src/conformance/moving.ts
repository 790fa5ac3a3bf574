import { expect, it } from 'vitest';
import { createInMemoryBroker } from '@tradewind/messaging/in-memory-broker.ts';
import { compare } from '@tradewind/outbox/parity.ts';
import type { StoreKind } from '@tradewind/outbox/projection-store.ts';
import { createProjector } from '@tradewind/outbox/projector.ts';
import { rebuild, type RebuildReport } from '@tradewind/outbox/rebuild.ts';
import { TOPIC } from '@tradewind/outbox/stock.fixture.ts';
import { decode, OTHER_TOPIC } from './levels.ts';
import type { Fixture, StoreUnderTest } from './under-test.ts';

/** Versions come, are compared, and go. */
export function moving(fixture: Fixture, { kind }: StoreUnderTest): void {
  const { message } = fixture;

  const history = () =>
    [1, 2, 3, 4, 5].flatMap((version) => [
      ...['P1', 'P2', 'P3'].map((key) => message({ key, version })),
      ...['P1', 'P2'].map((key) => message({ key, version, topic: OTHER_TOPIC })),
      message({ key: 'P1', version, storeId: 'STORE-2' }),
    ]);

  /** The write model that the events came from. */
  const source = (onHand = 5) =>
    fixture.database.sql(
      `insert into stock (store_id, product_id, on_hand, version)
       values ('STORE-1', 'P1', $1, 5), ('STORE-1', 'P2', 5, 5), ('STORE-1', 'P3', 5, 5), ('STORE-2', 'P1', 5, 5)`,
      [onHand],
    );

  it('holds the same bytes after every replay, however the log was cut', async () => {
    const log = history();
    await fixture.apply(log);
    const first = JSON.stringify(await fixture.rows());
    const { store, projection, database } = fixture;
    const version = fixture.version + 1;
    await database.sql(
      `insert into projections (name, version, state, store) values ('stock_levels', $1, 'building', $2)`,
      [version, kind],
    );
    await store.create(projection, version);
    const again = createProjector({ projection, version, db: database.db, decode, store });
    const places = Map.groupBy(log, ({ topic, partition }) => `${topic} ${partition}`);
    for (const one of [...places.values()].reverse())
      for (let at = 0; at < one.length; at += 2) await again.apply(one.slice(at, at + 2));
    expect(JSON.stringify(await fixture.rows(version))).toEqual(first);
    expect(await fixture.totals(version)).toEqual(['P1 5/5', 'P2 5/5', 'P3 5/0', 'STORE-2 P1 5/0']);
    await store.drop(projection, version);
  });

  it('is compared with its source', async () => {
    await fixture.apply(history());
    await source();
    const { projection, store, version } = fixture;
    const look = () => compare({ projection, store, systemDb: fixture.database.systemDb }, version);
    const equal = await look();
    expect(equal).toMatchObject({ rows: 4, mismatches: [] });
    await fixture.database.sql(`update stock set on_hand = 7 where product_id = 'P3'`);
    await fixture.database.sql(`delete from stock where product_id = 'P2'`);
    expect((await look()).mismatches).toEqual([
      { storeId: 'STORE-1', key: 'P2', source: undefined, projection: '5' },
      { storeId: 'STORE-1', key: 'P3', source: '7', projection: '5' },
    ]);
  });

  /** A log that holds the history, and replays from it. */
  async function logged() {
    const { database, projection, stores } = fixture;
    const broker = createInMemoryBroker({ topics: [TOPIC, OTHER_TOPIC] });
    const publisher = broker.publisher();
    for (const { topic, key, value, headers } of history())
      await publisher.publish(topic, [{ key, value, headers }]);
    return {
      close: () => broker.close(),
      move: (to: StoreKind): Promise<RebuildReport> =>
        rebuild({
          ...{
            service: 'inventory',
            projection,
            broker,
            brokerLog: broker,
            db: database.db,
            stores,
            store: to,
          },
          ...{ systemUrl: database.systemUrl, systemDb: database.systemDb, decode, verify: true },
          onProgress: () => undefined,
          signal: new AbortController().signal,
        }),
    };
  }

  const WHOLE = ['P1 5/5', 'P2 5/5', 'P3 5/0', 'STORE-2 P1 5/0'];

  it('takes a projection over from Postgres, and gives it back', async () => {
    const { database, projection, stores } = fixture;
    await source();
    const log = await logged();
    const hasView = async () =>
      (await database.sql<{ there: boolean }>(`select to_regclass('stock_levels') is not null as there`))[0]
        ?.there;
    try {
      const there = await log.move(kind);
      expect(there).toMatchObject({ store: kind, rows: 4, mismatches: [], switched: true });
      expect(await hasView()).toBe(kind === 'postgres');
      expect(await fixture.totals(there.version)).toEqual(WHOLE);
      const back = await log.move('postgres');
      expect(back).toMatchObject({ store: 'postgres', rows: 4, digest: there.digest, switched: true });
      expect(await hasView()).toBe(true);
      await (await stores.open(kind)).drop(projection, there.version);
    } finally {
      await log.close();
    }
  });

  it('tells that it was wiped instead of going on with what is left, until a replay has built it anew', async () => {
    const { database, projection, store, stores, version } = fixture;
    await fixture.apply([message({ key: 'P1', version: 1 })]);
    await database.sql('drop view if exists stock_levels');
    await store.drop(projection, version);
    const next = [message({ key: 'P1', version: 2 }), message({ key: 'P2', version: 1 })];
    const code = kind === 'postgres' ? '42P01' : 'PROJECTION_LOST';
    await expect(fixture.apply(next)).rejects.toMatchObject({ code });
    await expect(fixture.rows()).rejects.toMatchObject({ code });
    expect(await fixture.parked()).toEqual([]);
    await source();
    const log = await logged();
    try {
      const made = await log.move(kind);
      expect(made).toMatchObject({ rows: 4, mismatches: [], switched: true });
      expect(await fixture.totals(made.version)).toEqual(WHOLE);
      await database.sql('drop view if exists stock_levels');
      await (await stores.open(kind)).drop(projection, made.version);
    } finally {
      await log.close();
    }
  });
}
