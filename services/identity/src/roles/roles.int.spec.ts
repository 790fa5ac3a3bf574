import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissionNames, permissionsByRole } from '@tradewind/service/permissions.ts';
import { roles } from '@tradewind/service/principal.ts';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { type Identity, migrations, SERVICE_KEY, startIdentity } from '#identity.fixture.ts';

interface Role {
  role: string;
  permissions: string[];
  builtIn: boolean;
  version: number;
}
const withKey = { headers: { 'service-key': SERVICE_KEY } };
const desk = {
  ...{ description: 'Returns', base: 'MERCHANT', permissions: ['orders:read', 'returns:approve'] },
};

describe('roles', () => {
  let database: TestDatabase;
  let count = 0;
  beforeAll(async () => {
    database = await templateDatabase(migrations);
  });
  afterAll(() => database.drop());

  async function start(storeId = 'STORE-1') {
    const identity = await startIdentity(database);
    const admin = await identity.token({ storeId });
    return { ...identity, admin };
  }
  const makeRole = async ({ http }: Identity, admin: string, permissions = desk.permissions) => {
    const role = `DESK-${count++}`;
    const made = await http.post<Role>('/api/v1/roles', { ...desk, role, permissions }, { token: admin });
    expect(made.status).toBe(201);
    return made.body;
  };
  const makeUser = async ({ http }: Identity, admin: string, given: string[]) => {
    const body = { email: `desk-${count++}@example.com`, name: 'Ada', roles: given };
    return http.post<{ userId: string; code?: string }>('/api/v1/users', body, { token: admin });
  };

  it('the built-in ones are in every store, also a new one, as the code has them', async () => {
    const { http, admin, token } = await start();
    await http.post('/api/v1/stores', { storeId: 'STORE-ROLES', name: 'New' }, { token: admin });
    for (const storeId of ['STORE-2', 'STORE-ROLES']) {
      const { body } = await http.get<{ items: Role[] }>('/api/v1/roles', {
        token: await token({ storeId }),
      });
      expect(body.items.map(({ role }) => role)).toEqual([...roles].sort());
      for (const { role, permissions } of body.items)
        expect(permissions).toEqual([...permissionsByRole[role as (typeof roles)[number]]].sort());
    }
    const all = await http.get<{ items: { permission: string }[] }>('/api/v1/permissions', { token: admin });
    expect(all.body.items.map(({ permission }) => permission)).toEqual(permissionNames);
  });

  it('are made, changed and removed, and belong to their store', async () => {
    const identity = await start();
    const { http, admin } = identity;
    const stranger = await identity.token({ storeId: 'STORE-2' });
    const { role } = await makeRole(identity, admin);
    const path = `/api/v1/roles/${role}`;
    expect((await http.get(path, { token: stranger })).status).toBe(404);
    expect((await http.patch(path, { description: 'x' }, { token: stranger })).status).toBe(404);
    expect((await http.delete(path, { token: stranger })).status).toBe(404);
    const changed = await http.patch<Role>(
      path,
      { permissions: ['orders:read'] },
      { token: admin, version: 1 },
    );
    expect(changed.body).toMatchObject({ permissions: ['orders:read'], version: 2 });
    const stale = await http.patch(path, { description: 'x' }, { token: admin, version: 1 });
    expect([stale.status, stale.body]).toMatchObject([409, { code: 'VERSION_CONFLICT' }]);
    expect((await http.delete(path, { token: admin })).status).toBe(204);
    expect((await http.get(path, { token: admin })).status).toBe(404);
  });

  it.each([
    [{ ...desk, role: 'ADMIN' }, 409, 'ROLE_EXISTS'],
    [{ ...desk, role: 'X-1', permissions: ['prices:write'] }, 422, 'BEYOND_BASE_ROLE'],
    [{ ...desk, role: 'X-2', permissions: ['fly'] }, 400, 'VALIDATION_FAILED'],
    [{ ...desk, role: 'X-3', permissions: [] }, 400, 'VALIDATION_FAILED'],
    [{ ...desk, role: 'X-4', base: 'SERVICE' }, 400, 'VALIDATION_FAILED'],
    [{ ...desk, role: 'x' }, 400, 'VALIDATION_FAILED'],
  ])('%j is refused', async (body, status, code) => {
    const { http, admin } = await start();
    const answer = await http.post('/api/v1/roles', body, { token: admin });
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
  });

  it('built-in ones stay as they are; one that somebody has is not removed', async () => {
    const identity = await start();
    const { http, admin } = identity;
    const changed = await http.patch('/api/v1/roles/MERCHANT', { description: 'x' }, { token: admin });
    expect([changed.status, changed.body]).toMatchObject([409, { code: 'ROLE_BUILT_IN' }]);
    const { role } = await makeRole(identity, admin);
    expect((await makeUser(identity, admin, [role])).status).toBe(201);
    const removed = await http.delete(`/api/v1/roles/${role}`, { token: admin });
    expect([removed.status, removed.body]).toMatchObject([409, { code: 'ROLE_IN_USE' }]);
    expect((await makeUser(identity, admin, ['NOBODY-MADE-IT'])).body).toMatchObject({
      code: 'UNKNOWN_ROLE',
    });
  });

  it('of a user are in a token that names none, until the user is disabled', async () => {
    const identity = await start();
    const { http, admin } = identity;
    const { role } = await makeRole(identity, admin);
    const { userId } = (await makeUser(identity, admin, [role])).body;
    const request = { sub: userId, storeId: 'STORE-1' };
    const issued = await http.post<{ token: string }>('/api/v1/tokens', request, withKey);
    expect(decodeJwt(issued.body.token)).toMatchObject({
      ...{ sub: userId, roles: ['MERCHANT'], permissions: ['orders:read', 'returns:approve'] },
    });
    const elsewhere = await http.post('/api/v1/tokens', { ...request, storeId: 'STORE-2' }, withKey);
    expect([elsewhere.status, elsewhere.body]).toMatchObject([404, { code: 'USER_NOT_FOUND' }]);
    await http.patch(`/api/v1/users/${userId}`, { status: 'DISABLED' }, { token: admin });
    const refused = await http.post('/api/v1/tokens', request, withKey);
    expect([refused.status, refused.body]).toMatchObject([403, { code: 'USER_DISABLED' }]);
  });

  it('limit the API tokens that have them, from the next exchange on', async () => {
    const identity = await start();
    const { http, admin } = identity;
    const { role } = await makeRole(identity, admin);
    const body = { name: 'desk', roles: [role], permissions: [] };
    const { secret } = (await http.post<{ secret: string }>('/api/v1/api-tokens', body, { token: admin }))
      .body;
    const permissions = async () => {
      const answer = await http.post<{ token: string }>('/api/v1/api-tokens/exchange', undefined, {
        token: secret,
      });
      return decodeJwt(answer.body.token)['permissions'];
    };
    expect(await permissions()).toEqual(['orders:read', 'returns:approve']);
    await http.patch(`/api/v1/roles/${role}`, { permissions: ['orders:read'] }, { token: admin });
    expect(await permissions()).toEqual(['orders:read']);
  });

  it('a limited token makes nobody more than it is itself', async () => {
    const identity = await start();
    const { http, admin } = identity;
    const limits = ['users:write', 'roles:write', 'api-tokens:write', 'orders:read'];
    const body = { name: 'hr', roles: ['ADMIN'], permissions: limits };
    const { secret } = (await http.post<{ secret: string }>('/api/v1/api-tokens', body, { token: admin }))
      .body;
    const limited = { token: secret };
    const tries = [
      await http.post('/api/v1/users', { email: 'e@example.com', name: 'Eve', roles: ['ADMIN'] }, limited),
      await http.post('/api/v1/api-tokens', { name: 'all', roles: ['ADMIN'] }, limited),
      await http.post('/api/v1/api-tokens', { ...body, permissions: ['keys:rotate'] }, limited),
      await http.post('/api/v1/roles', { ...desk, role: 'MORE' }, limited),
    ];
    expect(tries.map(({ status, body: problem }) => [status, (problem as { code: string }).code])).toEqual(
      tries.map(() => [403, 'BEYOND_OWN_RIGHTS']),
    );
    const within = { name: 'less', roles: ['ADMIN'], permissions: ['orders:read'] };
    expect((await http.post('/api/v1/api-tokens', within, limited)).status).toBe(201);
    expect((await http.get('/api/v1/users', limited)).status).toBe(403);
  });
});
