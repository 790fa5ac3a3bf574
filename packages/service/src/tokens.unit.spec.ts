import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { forgedTokens } from '@tradewind/testing/forged-tokens.ts';
import { ecPair, encode, publicJwk, signed } from '@tradewind/testing/hand-made-tokens.ts';
import { claims, ISSUER, keySet } from './tokens.fixture.ts';
import { type TokenVerifier, tokenVerifier } from './tokens.ts';

const ours = ecPair();
const other = ecPair();
const p384 = ecPair('P-384');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const keys = keySet(
  await publicJwk(ours, 'k1', 'ES256'),
  await publicJwk(other, 'k2', 'ES256'),
  await publicJwk(p384, 'k384', 'ES384'),
  await publicJwk(rsa, 'krsa', 'RS256'),
  await publicJwk(ed, 'ked', 'EdDSA'),
);
const verifier = (): TokenVerifier => tokenVerifier({ keys, issuer: ISSUER });

const header = { alg: 'ES256', typ: 'JWT', kid: 'k1' };
const good = (): string => signed(header, claims(), ours.privateKey);
const withClaims = (change: object): string => signed(header, { ...claims(), ...change }, ours.privateKey);
const withHeader = (change: object, key = ours.privateKey): string =>
  signed({ ...header, ...change }, claims(), key);
const parts = (token: string): [string, string, string] => token.split('.') as [string, string, string];

const outcome = async (token: string): Promise<string> => {
  try {
    await verifier().verify(token);
    return 'accepted';
  } catch (error) {
    return isDomainError(error) ? error.code : String(error);
  }
};

/** Those that need keys which only some issuers publish, and spellings that no header could carry. */
const more: readonly (readonly [name: string, token: string])[] = [
  [
    'ES384, though its key is published',
    signed({ alg: 'ES384', kid: 'k384' }, claims(), p384.privateKey, 'sha384'),
  ],
  ['RS256, though its key is published', signed({ alg: 'RS256', kid: 'krsa' }, claims(), rsa.privateKey)],
  ['ES256 by the key of ES384', signed({ ...header, kid: 'k384' }, claims(), p384.privateKey)],
  ['empty', ''],
  ['a space', ' '],
  ['leading space', ` ${good()}`],
  ['line break at the end', `${good()}\n`],
  ['a megabyte', `${good()}${'A'.repeat(2 ** 20)}`],
];
const forged = await forgedTokens({
  ...{ header, claims: claims(), pair: ours, otherKid: 'k2' },
  otherToken: withClaims({ jti: 'jti-2' }),
});

describe('the segment of a customer', () => {
  it('is the one that is signed, or none', async () => {
    expect(await verifier().verify(withClaims({ segment: 'vip' }))).toMatchObject({ segment: 'vip' });
    expect((await verifier().verify(good())).segment).toBeUndefined();
  });

  it.each([7, '', 'a b', ['vip'], null])('is not guessed from %j', async (segment) => {
    expect(await outcome(withClaims({ segment }))).toBe('UNAUTHENTICATED');
  });
});

describe('forged tokens', () => {
  it.each([...forged, ...more])('%s', async (_name, token) => {
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

  it('lose roles that are none', async () => {
    const token = withClaims({ roles: ['ROOT', 'ADMIN'], permissions: ['a'] });
    expect(await verifier().verify(token)).toMatchObject({ roles: ['ADMIN'], permissions: ['a'] });
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
