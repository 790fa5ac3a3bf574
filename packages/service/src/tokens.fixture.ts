import { createLocalJWKSet, type JWK } from 'jose';

export const ISSUER = 'http://identity.test';

/** Claims of a good token. */
export function claims(now = Math.floor(Date.now() / 1000)) {
  return {
    sub: 'USER-9',
    storeId: 'STORE-1',
    roles: ['CUSTOMER'],
    permissions: [] as string[],
    iss: ISSUER,
    aud: 'tradewind',
    iat: now,
    nbf: now,
    exp: now + 600,
    jti: 'jti-1',
  };
}

export function keySet(...keys: readonly JWK[]) {
  return createLocalJWKSet({ keys: [...keys] });
}
