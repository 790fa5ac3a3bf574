import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import { type Genuine, forgedTokens } from '@tradewind/testing/forged-tokens.ts';
import { encode, signed } from '@tradewind/testing/hand-made-tokens.ts';
import { sql } from '../e2e/database.fixture.ts';
import { stack, token } from '../e2e/stack.fixture.ts';

interface Key {
  readonly kid: string;
  readonly state: string;
  readonly jwk: JsonWebKey;
}

const claimsOf = (jwt: string) =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

/** The stack's own signing key: only with it can a test say something wrong and sign it right. */
async function signer() {
  const keys = await sql<Key>('identity', 'select kid, state, private_jwk as jwk from signing_keys');
  const [active, other] = [
    keys.find(({ state }) => state === 'ACTIVE'),
    keys.find(({ state }) => state === 'NEXT'),
  ];
  if (!active || !other) throw new Error('identity has no signing key');
  const privateKey = createPrivateKey({ key: active.jwk, format: 'jwk' });
  const pair = { privateKey, publicKey: createPublicKey(privateKey) };
  return { header: { alg: 'ES256', typ: 'JWT', kid: active.kid }, pair, otherKid: other.kid };
}

export async function expiredToken(user: { sub: string; roles: string[] }): Promise<string> {
  const { header, pair } = await signer();
  const now = Math.floor(Date.now() / 1000);
  const claims = { ...claimsOf(await token(user)), iat: now - 60, nbf: now - 60, exp: now - 1 };
  return signed(header, claims, pair.privateKey);
}

/** Every forged token, made of a good administrator's token of this stack. */
export async function forgeries(): Promise<readonly (readonly [name: string, token: string])[]> {
  const good = await token({ sub: 'ADMIN-1', roles: ['ADMIN'] });
  const genuine: Genuine = { ...(await signer()), claims: claimsOf(good), otherToken: await token() };
  const elsewhere = encode({ ...genuine.claims, storeId: 'STORE-2' });
  const [head, , signature] = good.split('.');
  return [
    ...(await forgedTokens(genuine)),
    ['another tenant put into a good token', `${head}.${elsewhere}.${signature}`],
    ['the service key', stack.serviceKey],
  ];
}
