import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { migrations, startIdentity } from '#identity.fixture.ts';

interface User {
  userId: string;
  version: number;
}
type Page = { items: User[]; nextCursor: string | null };

describe('users', () => {
  let database: TestDatabase;
  let count = 0;
  beforeAll(async () => {
    database = await templateDatabase(migrations);
  });
  afterAll(() => database.drop());

  const start = async (storeId = 'STORE-1') => {
    const { http, token } = await startIdentity(database);
    return { http, admin: await token({ storeId }), stranger: await token({ storeId: 'STORE-2' }), token };
  };
  const newUser = () => ({ email: `user-${count++}@example.com`, name: 'Ada', roles: ['MERCHANT'] });

  it('are added, read, changed and removed', async () => {
    const { http, admin } = await start();
    const created = await http.post<User>('/api/v1/users', newUser(), { token: admin });
    expect([created.status, created.headers.get('etag')]).toEqual([201, '"1"']);
    const path = created.headers.get('location') ?? '';
    expect((await http.get(path, { token: admin })).body).toEqual(created.body);
    const changed = await http.patch(
      path,
      { roles: ['ADMIN'], status: 'DISABLED' },
      { token: admin, version: 1 },
    );
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { roles: ['ADMIN'], status: 'DISABLED', version: 2 },
    ]);
    const stale = await http.patch(path, { name: 'Eve' }, { token: admin, version: 1 });
    expect([stale.status, stale.body]).toMatchObject([409, { code: 'VERSION_CONFLICT', currentVersion: 2 }]);
    expect((await http.delete(path, { token: admin, version: 2 })).status).toBe(204);
    expect((await http.get(path, { token: admin })).status).toBe(404);
  });

  it('are added once per Idempotency-Key', async () => {
    const { http, admin } = await start();
    const body = newUser();
    const first = await http.post('/api/v1/users', body, { token: admin, idempotencyKey: 'u-1' });
    const second = await http.post('/api/v1/users', body, { token: admin, idempotencyKey: 'u-1' });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    const other = await http.post('/api/v1/users', newUser(), { token: admin, idempotencyKey: 'u-1' });
    expect([other.status, other.body]).toMatchObject([409, { code: 'IDEMPOTENCY_KEY_REUSED' }]);
  });

  it('have an e-mail address of their own, whatever its case, in their store', async () => {
    const { http, admin, stranger } = await start();
    const body = newUser();
    await http.post('/api/v1/users', body, { token: admin });
    const again = await http.post(
      '/api/v1/users',
      { ...body, email: body.email.toUpperCase() },
      { token: admin },
    );
    expect([again.status, again.body]).toMatchObject([409, { code: 'EMAIL_TAKEN' }]);
    expect((await http.post('/api/v1/users', body, { token: stranger })).status).toBe(201);
  });

  it('of another store do not exist', async () => {
    const { http, admin, stranger } = await start();
    const created = await http.post<User>('/api/v1/users', newUser(), { token: admin });
    const path = `/api/v1/users/${created.body.userId}`;
    expect((await http.get(path, { token: stranger })).status).toBe(404);
    expect((await http.patch(path, { name: 'Eve' }, { token: stranger })).status).toBe(404);
    expect((await http.delete(path, { token: stranger })).status).toBe(404);
  });

  it('are listed in pages', async () => {
    const { http, token } = await start();
    await http.post('/api/v1/stores', { storeId: 'STORE-LIST', name: 'List' }, { token: await token() });
    const admin = await token({ storeId: 'STORE-LIST' });
    for (let i = 0; i < 5; i++) await http.post('/api/v1/users', newUser(), { token: admin });
    const seen: string[] = [];
    let cursor = '';
    for (let turn = 0; turn < 3; turn++) {
      const { body } = await http.get<Page>(`/api/v1/users?limit=2${cursor}`, { token: admin });
      seen.push(...body.items.map(({ userId }) => userId));
      cursor = `&cursor=${body.nextCursor ?? ''}`;
      if (turn === 2) expect(body.nextCursor).toBeNull();
    }
    expect(new Set(seen).size).toBe(5);
  });

  it('are kept by administrators', async () => {
    const { http, token } = await start();
    const merchant = await token({ roles: ['MERCHANT'] });
    expect((await http.post('/api/v1/users', newUser(), { token: merchant })).status).toBe(403);
    expect((await http.get('/api/v1/users')).status).toBe(401);
  });
});

describe('stores and customers', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await templateDatabase(migrations);
  });
  afterAll(() => database.drop());

  it('there are two stores from the start; each sees itself', async () => {
    const { http, token } = await startIdentity(database);
    for (const storeId of ['STORE-1', 'STORE-2']) {
      const { body } = await http.get('/api/v1/stores', { token: await token({ storeId }) });
      expect(body).toMatchObject({ items: [{ storeId }], nextCursor: null });
    }
    expect((await http.get('/api/v1/stores/STORE-2', { token: await token() })).status).toBe(404);
  });

  it('a store is added once', async () => {
    const { http, token } = await startIdentity(database);
    const body = { storeId: 'STORE-3', name: 'Store 3', currency: 'EUR' };
    const options = { token: await token(), idempotencyKey: 's-1' };
    expect((await http.post('/api/v1/stores', body, options)).status).toBe(201);
    expect((await http.post('/api/v1/stores', body, options)).headers.get('idempotent-replayed')).toBe(
      'true',
    );
    const again = await http.post('/api/v1/stores', body, { token: await token() });
    expect([again.status, again.body]).toMatchObject([409, { code: 'STORE_EXISTS' }]);
    const own = await http.get('/api/v1/stores/STORE-3', { token: await token({ storeId: 'STORE-3' }) });
    expect(own.body).toMatchObject(body);
  });

  it('a customer sees the own record and no other', async () => {
    const { http, token } = await startIdentity(database);
    const body = { email: 'grace@example.com', name: 'Grace' };
    const created = await http.post<{ customerId: string }>('/api/v1/customers', body, {
      token: await token(),
    });
    const path = `/api/v1/customers/${created.body.customerId}`;
    const self = await token({ sub: created.body.customerId, roles: ['CUSTOMER'] });
    const other = await token({ sub: 'USER-8', roles: ['CUSTOMER'] });
    expect((await http.get(path, { token: self })).body).toMatchObject(body);
    expect((await http.get(path, { token: other })).status).toBe(404);
    expect((await http.get(path, { token: await token({ storeId: 'STORE-2' }) })).status).toBe(404);
  });
});
