import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { tokenVerifier } from '@tradewind/service/tokens.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { keyRing } from './ring.ts';
import { keyRotation } from './rotation.ts';
import { keyStore } from './store.ts';
import { ISSUER, migrations, startIdentity } from '#identity.fixture.ts';

type Jwks = { keys: Record<string, unknown>[] };

describe('signing keys', () => {
  let database: TestDatabase;
  const made: TestDatabase[] = [];
  beforeEach(async () => {
    database = await templateDatabase(migrations);
    made.push(database);
  });
  afterAll(async () => {
    for (const one of made) await one.drop();
  });

  /** As if all keys had been made earlier: tests do not wait for a verifier's cache. */
  async function age(seconds: number): Promise<void> {
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    await client.query(
      `update signing_keys set created_at = created_at - $1 * interval '1 second',
         activated_at = activated_at - $1 * interval '1 second', retired_at = retired_at - $1 * interval '1 second'`,
      [seconds],
    );
    await client.end();
  }

  it('are published without their private part', async () => {
    const { http } = await startIdentity(database);
    const { status, headers, body } = await http.get<Jwks>('/.well-known/jwks.json');
    expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=5']);
    expect(body.keys).toHaveLength(2);
    for (const key of body.keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    }
  });

  it('rotate: new tokens name the new key, old ones stay valid', async () => {
    const identity = await startIdentity(database);
    const before = await identity.token();
    await age(60);
    const rotated = await identity.http.post('/api/v1/keys/rotate', undefined, { token: before });
    expect([rotated.status, rotated.body]).toMatchObject([
      200,
      { keys: [{ state: 'NEXT' }, { state: 'ACTIVE' }, { state: 'RETIRED' }] },
    ]);
    const after = await identity.token();
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    const tokens = tokenVerifier({ jwksUrl: `${identity.url}/.well-known/jwks.json`, issuer: ISSUER });
    for (const token of [before, after]) expect(await tokens.verify(token)).toMatchObject({ sub: 'ADMIN-1' });
  });

  it('do not rotate again before the next key can be known', async () => {
    const identity = await startIdentity(database);
    const token = await identity.token();
    await age(60);
    await identity.http.post('/api/v1/keys/rotate', undefined, { token });
    const again = await identity.http.post('/api/v1/keys/rotate', undefined, { token });
    expect([again.status, again.body]).toMatchObject([409, { code: 'KEY_NOT_PUBLISHED_YET' }]);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('rotate once per Idempotency-Key', async () => {
    const identity = await startIdentity(database);
    const token = await identity.token();
    await age(60);
    const [first, second] = [
      await identity.http.post('/api/v1/keys/rotate', undefined, { token, idempotencyKey: 'r-1' }),
      await identity.http.post('/api/v1/keys/rotate', undefined, { token, idempotencyKey: 'r-1' }),
    ];
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
  });

  it('may be rotated by administrators only', async () => {
    const identity = await startIdentity(database);
    const token = await identity.token({ roles: ['MERCHANT', 'SERVICE'] });
    expect((await identity.http.post('/api/v1/keys/rotate', undefined, { token })).status).toBe(403);
    expect((await identity.http.post('/api/v1/keys/rotate')).status).toBe(401);
  });

  it('are the same for instances that start at once, and a rotation by one is used by all', async () => {
    const [one, two] = await Promise.all([startIdentity(database), startIdentity(database)]);
    const kid = async (from: typeof one): Promise<unknown> => decodeProtectedHeader(await from.token()).kid;
    expect(await kid(one)).toBe(await kid(two));
    const earlier = await kid(one);
    await age(60);
    await one.http.post('/api/v1/keys/rotate', undefined, { token: await two.token() });
    await eventually(async () => {
      expect(await kid(two)).toBe(await kid(one));
      expect(await kid(two)).not.toBe(earlier);
    });
    expect((await two.http.get('/api/v1/stores', { token: await one.token() })).status).toBe(200);
  });

  it('rotate by age once, however many instances look, and are forgotten when no token can name them', async () => {
    const db = openDatabase({ url: database.databaseUrl, name: 'test' });
    const log = createLogger('identity', 'silent');
    const store = keyStore(db, 3_600_000);
    const first = keyRotation(store, keyRing(store, log), log);
    await first.start?.();
    const known = async (): Promise<string[]> => (await store.load()).map(({ state }) => state);
    expect(await known()).toEqual(['NEXT', 'ACTIVE']);
    await age(3_600);
    const turns = await Promise.all([store.rotate('age'), store.rotate('age'), store.rotate('age')]);
    expect(turns.filter(({ rotated }) => rotated)).toHaveLength(1);
    expect(await known()).toEqual(['NEXT', 'ACTIVE', 'RETIRED']);
    await age(86_400 + 601);
    await store.rotate('age');
    expect((await store.load()).filter(({ state }) => state === 'RETIRED')).toHaveLength(1);
    await first.stop?.();
    await db.close();
  });

  it('stay in use while the database is away', async () => {
    const keys = [{ kid: 'k', state: 'ACTIVE', publicJwk: { kid: 'k' } }];
    let away = false;
    let clock = 0;
    const store = { load: () => (away ? Promise.reject(new Error('away')) : Promise.resolve(keys)) };
    const ring = keyRing(store as never, createLogger('identity', 'silent'), () => clock);
    expect(await ring.publicKeys()).toEqual({ keys: [{ kid: 'k' }] });
    away = true;
    clock = 599_000;
    expect(await ring.publicKeys()).toEqual({ keys: [{ kid: 'k' }] });
    clock = 601_000;
    await expect(ring.publicKeys()).rejects.toThrow('away');
  });
});
