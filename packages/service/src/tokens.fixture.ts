import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createLocalJWKSet, exportJWK, type JWK } from 'jose';

export const ISSUER = 'http://identity.test';

/** Tokens put together by hand: a signing library would refuse to make most of the forged ones. */
export const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

export interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const ecPair = (namedCurve = 'P-256'): Pair => generateKeyPairSync('ec', { namedCurve });

export function signed(
  header: object,
  payload: unknown,
  key: KeyObject,
  digest: string | null = 'sha256',
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

export function hmacSigned(header: object, payload: unknown, secret: string | Buffer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

export async function publicJwk(pair: Pair, kid: string, alg: string): Promise<JWK> {
  return { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' };
}

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
