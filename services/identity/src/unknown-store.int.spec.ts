import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { migrations, startIdentity } from '#identity.fixture.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await templateDatabase(migrations);
});
afterAll(() => database.drop());

describe('a good token of a store that nobody has added', () => {
  it.each([
    ['/api/v1/users', { email: 'ada@example.com', name: 'Ada', roles: ['MERCHANT'] }],
    ['/api/v1/customers', { email: 'ada@example.com', name: 'Ada' }],
    ['/api/v1/roles', { role: 'DESK', description: 'x', base: 'MERCHANT', permissions: ['orders:read'] }],
    ['/api/v1/api-tokens', { name: 'ERP', roles: ['MERCHANT'] }],
  ])('stores nothing under %s', async (path, body) => {
    const { http, token } = await startIdentity(database);
    const answer = await http.post(path, body, { token: await token({ storeId: 'STORE-NOWHERE' }) });
    expect([answer.status, answer.body]).toMatchObject([403, { code: 'STORE_UNKNOWN' }]);
  });
});
