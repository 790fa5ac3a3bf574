import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { ISSUER, migrations, SERVICE_KEY, startIdentity } from '#identity.fixture.ts';

const request = { sub: 'USER-9', roles: ['CUSTOMER'], storeId: 'STORE-1' };
const withKey = { headers: { 'service-key': SERVICE_KEY } };
type Issued = { token: string; expiresAt: string };

describe('POST /api/v1/tokens', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await templateDatabase(migrations);
  });
  afterAll(() => database.drop());

  it('issues a token with the claims of the contract', async () => {
    const { http } = await startIdentity(database);
    const body = { ...request, ttlSeconds: 120, permissions: ['a'] };
    const answer = await http.post<Issued>('/api/v1/tokens', body, withKey);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const claims = decodeJwt(answer.body.token);
    expect(claims).toMatchObject({ ...request, permissions: ['a'], iss: ISSUER, aud: 'tradewind' });
    const { exp = 0, iat = 0, nbf = 0, jti } = claims;
    expect(exp - iat).toBe(120);
    expect(nbf).toBeLessThanOrEqual(iat);
    expect(jti).toMatch(/^[\w-]{36}$/);
    expect(new Date(exp * 1000).toISOString()).toBe(answer.body.expiresAt);
    expect(decodeProtectedHeader(answer.body.token)).toMatchObject({ alg: 'ES256', kid: expect.any(String) });
  });

  it("notes each administrator's token, and no other one", async () => {
    const { http, token } = await startIdentity(database);
    const [admin] = await Promise.all([
      token({ sub: 'ADMIN-5' }),
      token({ sub: 'ADMIN-5', roles: ['MERCHANT', 'SERVICE'] }),
    ]);
    const path = '/api/v1/audit-log?resource=user:ADMIN-5';
    const { body } = await http.get<{ items: object[] }>(path, { token: admin });
    expect(body.items).toMatchObject([
      { actor: 'service-key', action: 'token.issued', details: { roles: ['ADMIN'], ttlSeconds: '3600' } },
    ]);
  });

  it.each([
    ['no key', {}],
    ['a wrong key', { 'service-key': 'wrong' }],
    ['the key with something behind it', { 'service-key': `${SERVICE_KEY}x` }],
    ['the beginning of the key', { 'service-key': SERVICE_KEY.slice(0, -1) }],
  ])('refuses %s', async (_name, headers) => {
    const { http } = await startIdentity(database);
    const answer = await http.post('/api/v1/tokens', request, { headers });
    expect([answer.status, answer.body]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
  });

  it.each([
    ['no sub', { ...request, sub: undefined }],
    ['no roles', { ...request, roles: [] }],
    ['an unknown role', { ...request, roles: ['ROOT'] }],
    ['an unknown field', { ...request, issuer: 'x' }],
    ['a life over a day', { ...request, ttlSeconds: 86_401 }],
    ['no life', { ...request, ttlSeconds: 0 }],
  ])('refuses %s', async (_name, body) => {
    const { http } = await startIdentity(database);
    const answer = await http.post('/api/v1/tokens', body, withKey);
    expect([answer.status, answer.body]).toMatchObject([400, { code: 'VALIDATION_FAILED' }]);
  });

  it('does not exist where no service key is configured', async () => {
    const { http } = await startIdentity(database, { SERVICE_KEY: undefined });
    const answer = await http.post('/api/v1/tokens', request, { headers: { 'service-key': '' } });
    expect([answer.status, answer.body]).toMatchObject([404, { code: 'ROUTE_NOT_FOUND' }]);
  });
});
