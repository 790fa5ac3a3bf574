import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { claims, ecPair, encode, hmacSigned, ISSUER, keySet, publicJwk, signed } from './tokens.fixture.ts';
import { type TokenVerifier, tokenVerifier } from './tokens.ts';

const ours = ecPair();
const other = ecPair();
const attacker = ecPair();
const p384 = ecPair('P-384');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const oursJwk = await publicJwk(ours, 'k1', 'ES256');
const keys = keySet(
  oursJwk,
  await publicJwk(other, 'k2', 'ES256'),
  await publicJwk(p384, 'k384', 'ES384'),
  await publicJwk(rsa, 'krsa', 'RS256'),
  await publicJwk(ed, 'ked', 'EdDSA'),
);
const verifier = (): TokenVerifier => tokenVerifier({ keys, issuer: ISSUER });

const header = { alg: 'ES256', typ: 'JWT', kid: 'k1' };
const now = Math.floor(Date.now() / 1000);
const good = (): string => signed(header, claims(), ours.privateKey);
const withClaims = (change: object): string => signed(header, { ...claims(), ...change }, ours.privateKey);
const withHeader = (change: object, key = ours.privateKey): string =>
  signed({ ...header, ...change }, claims(), key);
const without = (claim: string): string => {
  const rest: Record<string, unknown> = claims();
  delete rest[claim];
  return signed(header, rest, ours.privateKey);
};
const parts = (token: string): [string, string, string] => token.split('.') as [string, string, string];
const flip = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

const outcome = async (token: string): Promise<string> => {
  try {
    await verifier().verify(token);
    return 'accepted';
  } catch (error) {
    return isDomainError(error) ? error.code : String(error);
  }
};

const [head, body, signature] = parts(good());
const pem = ours.publicKey.export({ type: 'spki', format: 'pem' });
const der = ours.publicKey.export({ type: 'spki', format: 'der' });
const attackerJwk = await publicJwk(attacker, 'k1', 'ES256');
const derSignature = Buffer.concat([Buffer.from([0x30, 0x44]), Buffer.from(signature, 'base64url')]);

const forged: readonly (readonly [name: string, token: string])[] = [
  ['alg none, no signature', `${encode({ ...header, alg: 'none' })}.${body}.`],
  ['alg none, old signature', `${encode({ ...header, alg: 'none' })}.${body}.${signature}`],
  ['alg NoNe', `${encode({ ...header, alg: 'NoNe' })}.${body}.`],
  ['no alg', `${encode({ typ: 'JWT', kid: 'k1' })}.${body}.${signature}`],
  ['alg a number', `${encode({ ...header, alg: 256 })}.${body}.${signature}`],
  ['alg a list', `${encode({ ...header, alg: ['ES256'] })}.${body}.${signature}`],
  ['HS256 with the public PEM as secret', hmacSigned({ ...header, alg: 'HS256' }, claims(), pem)],
  ['HS256 with the public DER as secret', hmacSigned({ ...header, alg: 'HS256' }, claims(), der)],
  [
    'HS256 with the JWK as secret',
    hmacSigned({ ...header, alg: 'HS256' }, claims(), JSON.stringify(oursJwk)),
  ],
  ['HS256 with an empty secret', hmacSigned({ ...header, alg: 'HS256' }, claims(), '')],
  ['HMAC under the name ES256', hmacSigned(header, claims(), pem)],
  [
    'ES384, though its key is published',
    signed({ alg: 'ES384', kid: 'k384' }, claims(), p384.privateKey, 'sha384'),
  ],
  ['RS256, though its key is published', signed({ alg: 'RS256', kid: 'krsa' }, claims(), rsa.privateKey)],
  ['ES256 by the key of ES384', withHeader({ kid: 'k384' }, p384.privateKey)],
  ['EdDSA by the key of ES256', withHeader({ alg: 'EdDSA' })],
  ['the kid of another key of ours', withHeader({ kid: 'k2' })],
  ['unknown kid', withHeader({ kid: 'k9' })],
  ['kid of a strange type', withHeader({ kid: { k: 1 } })],
  ['kid that is a path', withHeader({ kid: '../../dev/null' })],
  ['no kid where several keys fit', withHeader({ kid: undefined })],
  ['the kid of ours, signed by a stranger', withHeader({}, attacker.privateKey)],
  ['embedded jwk of a stranger', withHeader({ jwk: attackerJwk }, attacker.privateKey)],
  ['jku of a stranger', withHeader({ jku: 'http://attacker.test/jwks.json' }, attacker.privateKey)],
  ['x5u of a stranger', withHeader({ x5u: 'http://attacker.test/cert.pem' }, attacker.privateKey)],
  ['unknown critical header', withHeader({ crit: ['exp'], exp: 1 })],
  ['empty crit', withHeader({ crit: [] })],
  ['unencoded payload (b64 false)', withHeader({ crit: ['b64'], b64: false })],
  ['expired', withClaims({ iat: now - 700, nbf: now - 700, exp: now - 1 })],
  ['expired this second', withClaims({ exp: now })],
  ['exp a string', withClaims({ exp: String(now + 600) })],
  ['exp null', withClaims({ exp: null })],
  ['no exp', without('exp')],
  ['nbf in the future', withClaims({ nbf: now + 300 })],
  ['nbf a string', withClaims({ nbf: 'now' })],
  ['another audience', withClaims({ aud: 'elsewhere' })],
  ['audiences without ours', withClaims({ aud: ['a', 'b'] })],
  ['no audience', without('aud')],
  ['another issuer', withClaims({ iss: 'http://attacker.test' })],
  ['our issuer with a slash', withClaims({ iss: `${ISSUER}/` })],
  ['no issuer', without('iss')],
  ['no sub', without('sub')],
  ['empty sub', withClaims({ sub: '' })],
  ['sub a number', withClaims({ sub: 9 })],
  ['no storeId', without('storeId')],
  ['empty storeId', withClaims({ storeId: '' })],
  ['storeId a list', withClaims({ storeId: ['STORE-1', 'STORE-2'] })],
  ['payload changed', `${head}.${encode({ ...claims(), roles: ['ADMIN'] })}.${signature}`],
  ['header changed', `${encode({ ...header, typ: 'at+jwt' })}.${body}.${signature}`],
  ['signature changed', `${head}.${body}.${flip(signature, 10)}`],
  ['signature cut', `${head}.${body}.${signature.slice(0, -6)}`],
  ['signature missing', `${head}.${body}.`],
  ['signature of zeros', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`],
  ['signature as DER', `${head}.${body}.${derSignature.toString('base64url')}`],
  ['payload no JSON', signed(header, 'hello', ours.privateKey)],
  ['payload a list', signed(header, [claims()], ours.privateKey)],
  ['payload null', signed(header, null, ours.privateKey)],
  ['header no JSON', `${encode('hello')}.${body}.${signature}`],
  ['header null', `${encode(null)}.${body}.${signature}`],
  ['header a list', `${encode([header])}.${body}.${signature}`],
  ['empty', ''],
  ['a space', ' '],
  ['two dots', '..'],
  ['one part', head],
  ['two parts', `${head}.${body}`],
  ['four parts', `${head}.${body}.${signature}.${signature}`],
  ['five parts (encrypted)', `${head}.${body}.${signature}.${body}.${signature}`],
  ['leading space', ` ${head}.${body}.${signature}`],
  ['space inside', `${head}. ${body}.${signature}`],
  ['line break at the end', `${head}.${body}.${signature}\n`],
  ['base64 padding', `${head}.${body}.${signature}==`],
  ['no token at all', 'null'],
];

describe('forged tokens', () => {
  it.each(forged)('%s', async (_name, token) => {
    expect(await outcome(token)).toBe('UNAUTHENTICATED');
  });
});

describe('good tokens', () => {
  it('are accepted, and give the principal', async () => {
    expect(await verifier().verify(good())).toEqual({
      sub: 'USER-9',
      storeId: 'STORE-1',
      roles: ['CUSTOMER'],
      permissions: [],
    });
  });

  it('may be signed by any published key, ES256 or EdDSA', async () => {
    expect(await outcome(withHeader({ kid: 'k2' }, other.privateKey))).toBe('accepted');
    expect(await outcome(signed({ alg: 'EdDSA', kid: 'ked' }, claims(), ed.privateKey, null))).toBe(
      'accepted',
    );
  });

  it('may name several audiences, ours among them', async () => {
    expect(await outcome(withClaims({ aud: ['elsewhere', 'tradewind'] }))).toBe('accepted');
  });

  it('lose roles and permissions that are none', async () => {
    const token = withClaims({ roles: ['ROOT', 'ADMIN', 7, null], permissions: ['a', 1, {}] });
    expect(await verifier().verify(token)).toMatchObject({ roles: ['ADMIN'], permissions: ['a'] });
    expect(await verifier().verify(withClaims({ roles: 'ADMIN' }))).toMatchObject({ roles: [] });
  });

  it('are remembered exactly: a changed token is checked anew', async () => {
    const tokens = verifier();
    const token = good();
    await tokens.verify(token);
    expect(tokens.verify(token)).not.toBeInstanceOf(Promise);
    const [first, , last] = parts(token);
    const raised = `${first}.${encode({ ...claims(), roles: ['ADMIN'] })}.${last}`;
    await expect(tokens.verify(raised)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
