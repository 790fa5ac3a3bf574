import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { openDatabase, type Database } from './database.ts';

interface Note {
  readonly id: string;
  readonly body: string;
}

describe('transaction', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let db: Database;
  let systemDb: Database;

  beforeAll(async () => {
    database = await templateDatabase();
    owner = new pg.Client(database.ownerUrl);
    await owner.connect();
    await owner.query(`
      create table notes (store_id text not null, id text primary key, body text not null);
      call tradewind_isolate('notes');`);
    db = openDatabase({ url: database.databaseUrl, name: 'test' });
    systemDb = openDatabase({ url: database.systemUrl, name: 'test:system' });
  });
  afterAll(async () => {
    await Promise.all([owner.end(), db.close(), systemDb.close()]);
    await database.drop();
  });
  beforeEach(async () => {
    await owner.query('truncate notes');
  });

  const write = (storeId: string, id: string, body = 'text', as = storeId) =>
    db.transaction(as, (tx) => tx.query('insert into notes values ($1, $2, $3)', [storeId, id, body]));
  const read = (from: Database, storeId: string) =>
    from.transaction(storeId, (tx) => tx.query<Note>('select id, body from notes order by id'));

  it('shows a tenant its own rows only, without a predicate', async () => {
    await write('STORE-1', 'a');
    await write('STORE-2', 'b');
    expect(await read(db, 'STORE-1')).toEqual([{ id: 'a', body: 'text' }]);
    expect(await read(db, 'STORE-2')).toEqual([{ id: 'b', body: 'text' }]);
    expect(await read(db, '')).toEqual([]);
    expect(await read(systemDb, '')).toHaveLength(2);
  });

  it('refuses rows of another tenant', async () => {
    await expect(write('STORE-2', 'a', 'text', 'STORE-1')).rejects.toThrow(/row-level security/);
    const changed = await db.transaction('STORE-1', (tx) =>
      tx.query(`update notes set body = '' returning id`),
    );
    expect(changed).toEqual([]);
  });

  it('forgets the tenant with the transaction', async () => {
    const one = openDatabase({ url: database.databaseUrl, name: 'test', maxConnections: 1 });
    await write('STORE-1', 'a');
    await one.transaction('STORE-1', (tx) => tx.query('select 1'));
    expect(await read(one, 'STORE-9')).toEqual([]);
    await one.close();
  });

  it('goes on for another tenant when told', async () => {
    await write('STORE-1', 'a');
    await write('STORE-2', 'b');
    const seen = await db.transaction('STORE-1', async (tx) => {
      await tx.actFor('STORE-2');
      return [tx.storeId, await tx.query<Note>('select id from notes')];
    });
    expect(seen).toEqual(['STORE-2', [{ id: 'b' }]]);
  });

  it('takes a tenant as text, whatever it holds', async () => {
    const hostile = `x'; drop table notes; --`;
    await write(hostile, 'a');
    expect(await read(db, hostile)).toHaveLength(1);
  });

  it('stores nothing of a work that throws', async () => {
    const failing = db.transaction('STORE-1', async (tx) => {
      await tx.query(`insert into notes values ('STORE-1', 'a', '')`);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await read(db, 'STORE-1')).toEqual([]);
  });

  it('has one time, the database’s', async () => {
    await db.transaction('STORE-1', async (tx) => {
      const [row] = await tx.query<{ now: Date }>('select now() as now');
      expect(tx.now).toEqual(row?.now);
    });
  });

  it('answers int8 as bigint', async () => {
    const [row] = await db.transaction('', (tx) =>
      tx.query<{ n: bigint }>('select 9007199254740993::int8 as n'),
    );
    expect(row?.n).toBe(9007199254740993n);
  });

  it('tries again after a deadlock, so that both sides succeed', async () => {
    await write('STORE-1', 'a', '');
    await write('STORE-1', 'b', '');
    let attempts = 0;
    const bothInside = Promise.withResolvers<void>();
    const lockBoth = (first: string, second: string) =>
      db.transaction('STORE-1', async (tx) => {
        const append = `update notes set body = body || 'x' where id = $1`;
        await tx.query(append, [first]);
        if (++attempts === 2) bothInside.resolve();
        await bothInside.promise;
        await tx.query(append, [second]);
      });
    await Promise.all([lockBoth('a', 'b'), lockBoth('b', 'a')]);
    // Which side loses, and whether they meet once more, is the server's choice.
    expect(attempts).toBeGreaterThanOrEqual(3);
    expect(await read(db, 'STORE-1')).toEqual([
      { id: 'a', body: 'xx' },
      { id: 'b', body: 'xx' },
    ]);
  });

  it('gives up on a serialization failure after three tries', async () => {
    let attempts = 0;
    const failing = db.transaction('', (tx) => {
      attempts++;
      return tx.execute(`do $$ begin raise exception 'busy' using errcode = '40001'; end $$`);
    });
    await expect(failing).rejects.toMatchObject({ code: '40001' });
    expect(attempts).toBe(3);
  });

  it('says DATABASE_UNAVAILABLE, retryable, when its connection is killed', async () => {
    const cut = db.transaction('', (tx) => tx.query('select pg_terminate_backend(pg_backend_pid())'));
    await expect(cut).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
    await db.ping();
  });

  it('says DATABASE_UNAVAILABLE when nobody answers', async () => {
    const away = openDatabase({ url: 'postgres://u:p@127.0.0.1:1/none', name: 'test' });
    await expect(away.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(away.transaction('', () => Promise.resolve())).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
    });
    await away.close();
  });

  it('runs nothing of a failed transaction after its rollback', async () => {
    const failed = db.transaction('STORE-1', (tx) =>
      Promise.all([
        tx.query('select 1 / 0'),
        tx.query('insert into notes values ($1, $2, $3)', ['STORE-1', 'late', 'text']),
      ]),
    );
    await expect(failed).rejects.toMatchObject({ code: '22012' });
    expect(await read(db, 'STORE-1')).toEqual([]);
  });

  it('reports a commit that the server turned into a rollback', async () => {
    const hidden = db.transaction('', async (tx) => {
      await tx.query('select 1 / 0').catch(() => undefined);
    });
    await expect(hidden).rejects.toMatchObject({ code: 'TRANSACTION_ABORTED' });
  });
});
