import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { exportJWK, type JWK } from 'jose';

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

export async function publicJwk(pair: Pair, kid: string, alg: string): Promise<JWK> {
  return { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' };
}
