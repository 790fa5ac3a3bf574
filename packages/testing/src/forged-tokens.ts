import { createHmac, type KeyObject } from 'node:crypto';
import { type Pair, ecPair, encode, publicJwk, signed } from './hand-made-tokens.ts';

export interface Genuine {
  /** A good token and the pair that signed it: what an attacker has, and, for wrong claims, what an issuer could get wrong. */
  readonly header: { readonly alg: string; readonly kid: string };
  readonly claims: Readonly<Record<string, unknown>>;
  readonly pair: Pair;
  /** A published key id that is not this pair's, and any good token of the same issuer with other claims. */
  readonly otherKid: string;
  readonly otherToken: string;
}

export type Forged = readonly (readonly [name: string, token: string])[];

const flip = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

function hmacSigned(header: object, payload: unknown, secret: string | Buffer): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** Tokens that no verifier may take, each wrong in one way: by their algorithm, key, claims, signature or spelling. */
export async function forgedTokens(genuine: Genuine): Promise<Forged> {
  const { header, claims, pair } = genuine;
  const good = signed(header, claims, pair.privateKey);
  const [head = '', body = '', signature = ''] = good.split('.');
  return [
    ...(await byAlgorithm(genuine, body, signature)),
    ...(await byKey(genuine)),
    ...byClaims(genuine),
    ...bySignature(genuine, head, body, signature),
    ...bySpelling(genuine, head, body, signature),
  ];
}

async function byAlgorithm({ header, claims, pair }: Genuine, body: string, signature: string) {
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' });
  const der = pair.publicKey.export({ type: 'spki', format: 'der' });
  const jwk = JSON.stringify(await publicJwk(pair, header.kid, header.alg));
  const hs256 = { ...header, alg: 'HS256' };
  const { alg: _, ...unnamed } = header;
  const none = (alg: unknown, rest: string) => `${encode({ ...header, alg })}.${body}.${rest}`;
  return [
    ['alg none, no signature', none('none', '')],
    ['alg none, old signature', none('none', signature)],
    ['alg NoNe', none('NoNe', '')],
    ['alg in small letters', none('es256', signature)],
    ['alg a number', none(256, signature)],
    ['alg a list', none([header.alg], signature)],
    ['no alg', `${encode(unnamed)}.${body}.${signature}`],
    ['HS256 with the public PEM as secret', hmacSigned(hs256, claims, pem)],
    ['HS256 with the public DER as secret', hmacSigned(hs256, claims, der)],
    ['HS256 with the JWK as secret', hmacSigned(hs256, claims, jwk)],
    ['HS256 with an empty secret', hmacSigned(hs256, claims, '')],
    ['HMAC under the name of ours', hmacSigned(header, claims, pem)],
    ['EdDSA by our key', signed({ ...header, alg: 'EdDSA' }, claims, pair.privateKey)],
    ['RS256 by our key', signed({ ...header, alg: 'RS256' }, claims, pair.privateKey)],
  ] as const;
}

async function byKey({ header, claims, pair, otherKid }: Genuine) {
  const stranger = ecPair();
  const jwk = await publicJwk(stranger, header.kid, header.alg);
  const by = (change: object, key: KeyObject) => signed({ ...header, ...change }, claims, key);
  const elsewhere = 'http://attacker.test/keys';
  return [
    ['our kid, signed by a stranger', by({}, stranger.privateKey)],
    ['the kid of another key of ours', by({ kid: otherKid }, pair.privateKey)],
    ['unknown kid', by({ kid: 'nobody' }, pair.privateKey)],
    ['kid an object', by({ kid: { k: 1 } }, pair.privateKey)],
    ['kid that is a path', by({ kid: '../../../dev/null' }, stranger.privateKey)],
    ['kid that is SQL', by({ kid: "' or '1'='1" }, stranger.privateKey)],
    ['no kid where several keys fit', by({ kid: undefined }, pair.privateKey)],
    ['embedded jwk of a stranger', by({ jwk }, stranger.privateKey)],
    ['embedded jwk, no kid', by({ jwk, kid: undefined }, stranger.privateKey)],
    ['jku of a stranger', by({ jku: elsewhere }, stranger.privateKey)],
    ['x5u of a stranger', by({ x5u: elsewhere }, stranger.privateKey)],
    ['x5c of a stranger', by({ x5c: [jwk.x] }, stranger.privateKey)],
    ['unknown critical header', by({ crit: ['exp'], exp: 1 }, pair.privateKey)],
    ['empty crit', by({ crit: [] }, pair.privateKey)],
    ['unencoded payload (b64 false)', by({ crit: ['b64'], b64: false }, pair.privateKey)],
  ] as const;
}

function byClaims({ header, claims, pair }: Genuine) {
  const now = Math.floor(Date.now() / 1000);
  const having = (change: object) => signed(header, { ...claims, ...change }, pair.privateKey);
  const lacking = (claim: string) => having({ [claim]: undefined });
  return [
    ['expired', having({ iat: now - 700, nbf: now - 700, exp: now - 1 })],
    ['expired this second', having({ exp: now })],
    ['exp a string', having({ exp: String(now + 600) })],
    ['exp null', having({ exp: null })],
    ['no exp', lacking('exp')],
    ['nbf in the future', having({ nbf: now + 300 })],
    ['nbf a string', having({ nbf: 'now' })],
    ['another audience', having({ aud: 'elsewhere' })],
    ['audiences without ours', having({ aud: ['a', 'b'] })],
    ['our audience within another', having({ aud: 'tradewind.attacker.test' })],
    ['no audience', lacking('aud')],
    ['another issuer', having({ iss: 'http://attacker.test' })],
    ['our issuer with a slash', having({ iss: `${String(claims['iss'])}/` })],
    ['issuers a list', having({ iss: [claims['iss']] })],
    ['no issuer', lacking('iss')],
    ['no sub', lacking('sub')],
    ['empty sub', having({ sub: '' })],
    ['sub a number', having({ sub: 9 })],
    ['no storeId', lacking('storeId')],
    ['empty storeId', having({ storeId: '' })],
    ['storeId a list', having({ storeId: ['STORE-1', 'STORE-2'] })],
    ['storeId an object', having({ storeId: { $ne: '' } })],
    ['no roles', lacking('roles')],
    ['roles a string', having({ roles: 'ADMIN' })],
    ['roles with a number', having({ roles: ['ADMIN', 7] })],
    ['permissions a string', having({ permissions: 'orders:read' })],
    ['permissions null', having({ permissions: null })],
    ['permissions with a number', having({ permissions: ['orders:read', 7] })],
    ['permissions with an empty name', having({ permissions: [''] })],
  ] as const;
}

function bySignature({ header, claims, otherToken }: Genuine, head: string, body: string, signature: string) {
  const raised = encode({ ...claims, roles: ['ADMIN'], storeId: 'STORE-2' });
  const der = Buffer.concat([Buffer.from([0x30, 0x44]), Buffer.from(signature, 'base64url')]);
  const twice = `${JSON.stringify(claims).slice(0, -1)},"roles":["ADMIN"]}`;
  return [
    ['payload changed', `${head}.${raised}.${signature}`],
    ['a claim added twice', `${head}.${encode(twice)}.${signature}`],
    ['header changed', `${encode({ ...header, typ: 'at+jwt' })}.${body}.${signature}`],
    ['signature of another token', `${head}.${body}.${otherToken.split('.')[2]}`],
    ['signature changed', `${head}.${body}.${flip(signature, 10)}`],
    ['signature cut', `${head}.${body}.${signature.slice(0, -6)}`],
    ['signature missing', `${head}.${body}.`],
    ['signature of zeros', `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`],
    ['signature of zeros, of double length', `${head}.${body}.${Buffer.alloc(128).toString('base64url')}`],
    ['signature as DER', `${head}.${body}.${der.toString('base64url')}`],
  ] as const;
}

function bySpelling({ header, claims, pair }: Genuine, head: string, body: string, signature: string) {
  const good = `${head}.${body}.${signature}`;
  return [
    ['payload no JSON', signed(header, 'hello', pair.privateKey)],
    ['payload a list', signed(header, [claims], pair.privateKey)],
    ['payload null', signed(header, null, pair.privateKey)],
    ['a token within a token', signed({ ...header, cty: 'JWT' }, good, pair.privateKey)],
    ['header no JSON', `${encode('hello')}.${body}.${signature}`],
    ['header null', `${encode(null)}.${body}.${signature}`],
    ['header a list', `${encode([header])}.${body}.${signature}`],
    ['a header of 8 KiB', `${encode({ ...header, pad: 'x'.repeat(6_000) })}.${body}.${signature}`],
    ['two dots', '..'],
    ['one part', head],
    ['two parts', `${head}.${body}`],
    ['four parts', `${good}.${signature}`],
    ['five parts (encrypted)', `${good}.${body}.${signature}`],
    ['space inside', `${head}. ${body}.${signature}`],
    ['base64 padding', `${good}==`],
    ['base64 of the other alphabet', good.replaceAll('-', '+').replaceAll('_', '/').replace(/^e/, '+')],
    ['the word null', 'null'],
    ['an API token of nobody', `twk_${'A'.repeat(43)}`],
  ] as const;
}
