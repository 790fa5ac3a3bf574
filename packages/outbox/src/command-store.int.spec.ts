import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandStore, HandleOptions } from './command-store.ts';
import type { DomainEvent } from './encoder.ts';
import { type IdempotencyKey, replyFinder } from './idempotency.ts';
import {
  adjust,
  context,
  type Stock,
  stockAdjusted,
  stockDatabase,
  type StockDatabase,
  type StockEvent,
  stockStore,
} from './stock.fixture.ts';

interface Published {
  readonly key: string;
  readonly version: number;
}

describe('command store', () => {
  let database: StockDatabase;
  let store: CommandStore<Stock, StockEvent>;

  beforeAll(async () => {
    database = await stockDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.sql('truncate stock, outbox, inbox, idempotency_keys');
    store = stockStore(database.db);
  });

  const options: HandleOptions<Stock> = { context: context() };
  const change = (key: string, delta: number) => store.handle(key, adjust(key, delta), options);
  const published = () =>
    database.sql<Published>(
      'select partition_key as key, aggregate_version as version from outbox order by id',
    );

  it('stores state and events together', async () => {
    const after = await change('P1', 5);
    expect(after).toMatchObject({ state: { onHand: 5 }, version: 1, events: 1, duplicate: false });
    expect(await database.sql('select on_hand, version from stock')).toEqual([{ on_hand: 5, version: 1 }]);
    expect(await published()).toEqual([{ key: 'P1', version: 1 }]);
  });

  it('lets concurrent commands share a transaction', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => change(`P${index}`, 1)));
    const [{ transactions } = { transactions: 0 }] = await database.sql<{ transactions: number }>(
      'select count(distinct xmin::text)::int as transactions from outbox',
    );
    expect(transactions).toBe(1);
    expect(await published()).toHaveLength(50);
  });

  it('decides concurrent commands of one aggregate one after the other', async () => {
    await change('P1', 10);
    const settled = await Promise.allSettled(Array.from({ length: 15 }, () => change('P1', -1)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect((await published()).map(({ version }) => version)).toEqual(
      Array.from({ length: 11 }, (_, n) => n + 1),
    );
    expect(await database.sql('select on_hand from stock')).toEqual([{ on_hand: 0 }]);
  });

  it('keeps versions dense when two processes race for an aggregate', async () => {
    await change('P1', 1);
    const other = stockStore(database.db);
    const both = [store, other].flatMap((it) =>
      Array.from({ length: 20 }, () => it.handle('P1', adjust('P1', 1), options)),
    );
    await Promise.all(both);
    expect((await published()).map(({ version }) => version)).toEqual(
      Array.from({ length: 41 }, (_, n) => n + 1),
    );
  });

  it('lets a refusal fail its own call only', async () => {
    const [good, refused, alsoGood] = await Promise.allSettled([
      change('P1', 1),
      change('P2', -1),
      change('P3', 1),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'NEGATIVE_STOCK' } });
    expect([good.status, alsoGood.status]).toEqual(['fulfilled', 'fulfilled']);
    expect((await published()).map(({ key }) => key)).toEqual(['P1', 'P3']);
  });

  it('lets a row that a constraint refuses fail its own call only', async () => {
    const settled = await Promise.allSettled([change('P1', 1), change('P2', 1001), change('P3', 1)]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await database.sql('select product_id from stock')).length).toBe(2);
  });

  it('refuses an event that its schema refuses, before anything is stored', async () => {
    const bad = { ...stockAdjusted('P1', 1, 1) } as DomainEvent;
    const broken = { ...bad, payload: { ...bad.payload, onHand: 'many' } } as unknown as StockEvent;
    await expect(store.handle('P1', () => [broken], options)).rejects.toMatchObject({
      code: 'EVENT_INVALID',
    });
    expect(await database.sql('select 1 from stock')).toEqual([]);
  });

  it('changes several aggregates, all or nothing', async () => {
    await change('P1', 5);
    const move = (pieces: number) =>
      store.handleMany(
        ['P1', 'P2'],
        (get) => [
          ...adjust('P2', pieces)(get('P2')).map((event) => ({ key: 'P2', event })),
          ...adjust('P1', -pieces)(get('P1')).map((event) => ({ key: 'P1', event })),
        ],
        options,
      );
    await expect(move(6)).rejects.toMatchObject({ code: 'NEGATIVE_STOCK' });
    await move(4);
    expect(await database.sql('select product_id, on_hand from stock order by 1')).toEqual([
      { product_id: 'P1', on_hand: 1 },
      { product_id: 'P2', on_hand: 4 },
    ]);
  });

  it('keeps tenants apart', async () => {
    await change('P1', 5);
    const other = await store.handle('P1', adjust('P1', 2), { context: context('STORE-2') });
    expect(other).toMatchObject({ state: { onHand: 2 }, version: 1 });
  });

  describe('as the effect of an event', () => {
    const deliver = (eventId: string) =>
      store.handle('P1', adjust('P1', 1), { ...options, inbox: { consumer: 'inventory.on-test', eventId } });

    it('applies it once, however often it comes', async () => {
      const eventId = newId();
      expect(await deliver(eventId)).toMatchObject({ version: 1, duplicate: false });
      expect(await deliver(eventId)).toMatchObject({ version: 1, duplicate: true, events: 0 });
    });

    it('applies it once when it comes twice in one batch', async () => {
      const eventId = newId();
      await Promise.allSettled([deliver(eventId), deliver(eventId), deliver(newId())]);
      expect(await database.sql('select on_hand from stock')).toEqual([{ on_hand: 2 }]);
    });
  });

  describe('with an idempotency key', () => {
    const key: IdempotencyKey = {
      storeId: 'STORE-1',
      principal: 'USER-9',
      route: 'POST /stock',
      key: 'key-1',
      payloadHash: 'hash',
    };
    const request = (from: CommandStore<Stock, StockEvent>, product: string) =>
      from.handle(product, adjust(product, 1), {
        ...options,
        idempotency: { key, reply: ({ version }) => ({ status: 201, body: JSON.stringify({ version }) }) },
      });

    it('stores the reply with the change', async () => {
      await request(store, 'P1');
      expect(await replyFinder(database.db)(key)).toMatchObject({
        status: 201,
        body: '{"version":1}',
        payloadHash: 'hash',
      });
      expect(await replyFinder(database.db)({ ...key, principal: 'USER-1' })).toBeUndefined();
    });

    it('refuses the second of two processes, and keeps nothing of it', async () => {
      const settled = await Promise.allSettled([
        request(store, 'P1'),
        request(stockStore(database.db), 'P2'),
      ]);
      const refused = settled.filter((it) => it.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]?.reason).toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
      expect(await published()).toHaveLength(1);
    });

    it('gives an old key free', async () => {
      await request(store, 'P1');
      await database.sql(`update idempotency_keys set created_at = now() - interval '25 hours'`);
      expect(await replyFinder(database.db)(key)).toBeUndefined();
      expect(await request(store, 'P1')).toMatchObject({ version: 2 });
    });
  });
});
