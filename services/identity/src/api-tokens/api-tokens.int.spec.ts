import { decodeJwt } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { migrations, startIdentity } from '#identity.fixture.ts';

interface Created {
  apiTokenId: string;
  secret: string;
  roles: string[];
}

describe('API tokens', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await templateDatabase(migrations);
  });
  afterAll(() => database.drop());

  const body = { name: 'ERP', roles: ['MERCHANT'], permissions: ['products:write'] };
  const start = async () => {
    const { http, token } = await startIdentity(database);
    return { http, admin: await token(), token };
  };

  it('show their secret once and keep only its digest', async () => {
    const { http, admin } = await start();
    const created = await http.post<Created>('/api/v1/api-tokens', body, { token: admin });
    expect(created.status).toBe(201);
    expect(created.body.secret).toMatch(/^twk_[\w-]{43}$/);
    const list = await http.get<{ items: Created[] }>('/api/v1/api-tokens?limit=100', { token: admin });
    expect(list.body.items.map(({ apiTokenId }) => apiTokenId)).toContain(created.body.apiTokenId);
    expect(JSON.stringify(list.body)).not.toContain(created.body.secret);
    const client = new pg.Client({ connectionString: database.systemUrl });
    await client.connect();
    const { rows } = await client.query(
      'select t::text from api_tokens t union all select i::text from idempotency_keys i',
    );
    await client.end();
    expect(JSON.stringify(rows)).not.toContain(created.body.secret.slice(4));
  });

  it('are exchanged for a short-lived token with their rights', async () => {
    const { http, admin } = await start();
    const { secret, apiTokenId } = (await http.post<Created>('/api/v1/api-tokens', body, { token: admin }))
      .body;
    const exchanged = await http.post<{ token: string }>('/api/v1/api-tokens/exchange', undefined, {
      token: secret,
    });
    expect(exchanged.status).toBe(200);
    const claims = decodeJwt(exchanged.body.token);
    expect(claims).toMatchObject({
      sub: `api-token:${apiTokenId}`,
      storeId: 'STORE-1',
      roles: ['MERCHANT'],
      permissions: ['products:write'],
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900);
    expect((await http.get('/api/v1/users', { token: exchanged.body.token })).status).toBe(403);
  });

  it('give no token that outlives them', async () => {
    const { http, admin } = await start();
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { secret } = (
      await http.post<Created>('/api/v1/api-tokens', { ...body, expiresAt }, { token: admin })
    ).body;
    const exchanged = await http.post<{ expiresAt: string }>('/api/v1/api-tokens/exchange', undefined, {
      token: secret,
    });
    expect(Date.parse(exchanged.body.expiresAt)).toBeLessThanOrEqual(Date.parse(expiresAt));
  });

  it('are dead once revoked; revoking again is fine', async () => {
    const { http, admin } = await start();
    const { secret, apiTokenId } = (await http.post<Created>('/api/v1/api-tokens', body, { token: admin }))
      .body;
    expect((await http.delete(`/api/v1/api-tokens/${apiTokenId}`, { token: admin })).status).toBe(204);
    expect((await http.delete(`/api/v1/api-tokens/${apiTokenId}`, { token: admin })).status).toBe(204);
    expect((await http.post('/api/v1/api-tokens/exchange', undefined, { token: secret })).status).toBe(401);
  });

  it('belong to their store', async () => {
    const { http, admin, token } = await start();
    const { apiTokenId } = (await http.post<Created>('/api/v1/api-tokens', body, { token: admin })).body;
    const stranger = await token({ storeId: 'STORE-2' });
    expect((await http.delete(`/api/v1/api-tokens/${apiTokenId}`, { token: stranger })).status).toBe(404);
    expect((await http.get('/api/v1/api-tokens', { token: stranger })).body).toEqual({
      items: [],
      nextCursor: null,
    });
  });

  it('are made by administrators, never with the role of services', async () => {
    const { http, admin, token } = await start();
    const merchant = await token({ roles: ['MERCHANT'] });
    expect((await http.post('/api/v1/api-tokens', body, { token: merchant })).status).toBe(403);
    const asService = await http.post(
      '/api/v1/api-tokens',
      { ...body, roles: ['SERVICE'] },
      { token: admin },
    );
    expect(asService.status).toBe(400);
  });

  it('replayed by their Idempotency-Key come without the secret', async () => {
    const { http, admin } = await start();
    const options = { token: admin, idempotencyKey: 'erp-1' };
    const first = await http.post<Created>('/api/v1/api-tokens', body, options);
    const second = await http.post<Created>('/api/v1/api-tokens', body, options);
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    const { secret, ...rest } = first.body;
    expect(secret).toMatch(/^twk_/);
    expect(second.body).toEqual(rest);
  });

  it.each(['twk_', 'twk_unknown', `twk_${'A'.repeat(43)}`])('%s is nobody’s', async (secret) => {
    const { http } = await start();
    expect((await http.post('/api/v1/api-tokens/exchange', undefined, { token: secret })).status).toBe(401);
  });

  it('are what is exchanged, not other tokens', async () => {
    const { http, admin } = await start();
    const answer = await http.post('/api/v1/api-tokens/exchange', undefined, { token: admin });
    expect([answer.status, answer.body]).toMatchObject([403, { code: 'API_TOKEN_REQUIRED' }]);
  });
});
