import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditHead, brokenLinks, type StoredEntry } from '@tradewind/contracts/audit-chain.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { migrations, startIdentity } from '#identity.fixture.ts';
import { auditTrail, note } from './append.ts';

interface Page {
  items: { seq: number; action: string; actor: string; resource: string; details: object }[];
  nextCursor: string | null;
}

describe('the audit log', () => {
  let database: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    database = await templateDatabase(migrations);
    db = openDatabase({ url: database.databaseUrl, name: 'test', maxConnections: 8 });
  });
  afterAll(async () => {
    await db.close();
    await database.drop();
  });

  const logOf = (storeId: string) =>
    db.transaction(storeId, async (tx) => ({
      entries: await tx.query<StoredEntry>(
        `select store_id as "storeId", seq, at, actor, action, resource, details, event_id as "eventId",
           previous_hash as "previousHash", hash from audit_log order by seq`,
      ),
      head: (await tx.query<AuditHead>('select seq, hash from audit_heads'))[0],
    }));
  const act = (actor = 'ADMIN-1') => ({
    actor,
    action: 'price.changed',
    resource: 'product:P',
    details: { a: 'ü' },
  });

  it('tells what administrators did, newest first, in pages, to administrators of the store', async () => {
    const { http, token } = await startIdentity(database);
    const admin = await token({ sub: 'ADMIN-7' });
    const user = { email: 'audit@example.com', name: 'Ada', roles: ['MERCHANT'] };
    const { userId } = (await http.post<{ userId: string }>('/api/v1/users', user, { token: admin })).body;
    await http.patch(`/api/v1/users/${userId}`, { roles: ['ADMIN'] }, { token: admin });
    await http.delete(`/api/v1/users/${userId}`, { token: admin });
    const path = `/api/v1/audit-log?actor=ADMIN-7&resource=user:${userId}`;
    const first = await http.get<Page>(`${path}&limit=2`, { token: admin });
    expect(first.body.items).toMatchObject([
      { action: 'user.removed', actor: 'ADMIN-7' },
      { action: 'user.changed', details: { roles: ['ADMIN'], changed: ['roles'] } },
    ]);
    const rest = await http.get<Page>(`${path}&limit=2&cursor=${first.body.nextCursor}`, { token: admin });
    expect(rest.body).toMatchObject({ items: [{ action: 'user.created' }], nextCursor: null });
    const merchant = await token({ roles: ['MERCHANT'] });
    expect((await http.get(path, { token: merchant })).status).toBe(403);
    const stranger = await token({ storeId: 'STORE-2' });
    expect((await http.get<Page>(path, { token: stranger })).body.items).toEqual([]);
  });

  it('has no entry of what was refused', async () => {
    const { http, token } = await startIdentity(database);
    const admin = await token({ sub: 'ADMIN-8' });
    await http.patch('/api/v1/users/nobody', { name: 'x' }, { token: admin });
    const { body } = await http.get<Page>('/api/v1/audit-log?actor=ADMIN-8', { token: admin });
    expect(body.items).toEqual([]);
  });

  it('is one chain, however many write at once', async () => {
    await Promise.all(
      Array.from({ length: 24 }, (_, at) => db.transaction('STORE-CHAIN', (tx) => note(tx, act(`A-${at}`)))),
    );
    const { entries, head } = await logOf('STORE-CHAIN');
    expect(entries.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 24 }, (_, at) => at + 1));
    expect(brokenLinks(entries, head)).toEqual([]);
  });

  it('has an event of another service once, however often it comes', async () => {
    const trail = auditTrail(db);
    const event = { eventId: newId(), storeId: 'STORE-EVENTS', occurredAt: new Date(1_000) };
    const inbox = { consumer: 'identity.on-test', eventId: event.eventId };
    await trail.record(event, inbox, act());
    await trail.record(event, inbox, act());
    const unimportant = { ...event, eventId: newId() };
    await trail.record(unimportant, { ...inbox, eventId: unimportant.eventId }, undefined);
    const { entries, head } = await logOf('STORE-EVENTS');
    expect(entries).toMatchObject([{ seq: 1n, eventId: event.eventId, at: event.occurredAt }]);
    expect(brokenLinks(entries, head)).toEqual([]);
  });

  it('has each of many events that come at once, though one of them cannot be noted', async () => {
    const trail = auditTrail(db);
    const heard = Array.from({ length: 40 }, (_, at) => {
      const event = { eventId: newId(), storeId: 'STORE-MANY', occurredAt: new Date(at) };
      // Each event comes twice, as after a rebalance.
      return [event, event].map((same) =>
        trail.record(
          same,
          { consumer: 'identity.on-test', eventId: event.eventId },
          { ...act(`A-${at}`), actor: at === 7 ? 'no\0body' : 'ADMIN-1' },
        ),
      );
    }).flat();
    const failed = (await Promise.allSettled(heard)).filter(({ status }) => status === 'rejected');
    expect(failed).toHaveLength(2);
    const { entries, head } = await logOf('STORE-MANY');
    expect(entries.map(({ at }) => at.getTime()).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, at) => at).filter((at) => at !== 7),
    );
    expect(brokenLinks(entries, head)).toEqual([]);
  });

  it('is not changed by the service itself', async () => {
    await db.transaction('STORE-KEPT', (tx) => note(tx, act()));
    const attempts = ["update audit_log set actor = 'EVE' returning 1", 'delete from audit_log returning 1'];
    for (const text of attempts)
      expect(await db.transaction('STORE-KEPT', (tx) => tx.execute(text))).toEqual([]);
    const { entries, head } = await logOf('STORE-KEPT');
    expect(entries).toHaveLength(1);
    expect(brokenLinks(entries, head)).toEqual([]);
  });

  it('shows what somebody with more rights has changed', async () => {
    for (let at = 0; at < 3; at++) await db.transaction('STORE-BROKEN', (tx) => note(tx, act()));
    const client = new pg.Client({ connectionString: database.systemUrl });
    await client.connect();
    await client.query(`update audit_log set actor = 'EVE' where store_id = 'STORE-BROKEN' and seq = 2`);
    await client.end();
    const { entries, head } = await logOf('STORE-BROKEN');
    expect(brokenLinks(entries, head)).toEqual([{ seq: 2n, what: 'was changed' }]);
  });
});
