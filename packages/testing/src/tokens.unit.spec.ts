import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenIssuer, type TokenIssuer } from './tokens.ts';

describe('token issuer', () => {
  let issuer: TokenIssuer;
  beforeAll(async () => {
    issuer = await tokenIssuer();
  });
  afterAll(() => issuer.close());

  const verify = (token: string) =>
    jwtVerify(token, createRemoteJWKSet(new URL(issuer.jwksUrl)), {
      issuer: issuer.issuer,
      audience: 'tradewind',
    });

  it('signs tokens that its key set verifies', async () => {
    const { payload } = await verify(
      await issuer.token({ sub: 'USER-1', roles: ['ADMIN'], storeId: 'STORE-2' }),
    );
    expect(payload).toMatchObject({ sub: 'USER-1', roles: ['ADMIN'], storeId: 'STORE-2' });
  });

  it('signs tokens that have expired, too', async () => {
    await expect(verify(await issuer.token({ expiresIn: -60 }))).rejects.toBeInstanceOf(errors.JWTExpired);
  });
});
