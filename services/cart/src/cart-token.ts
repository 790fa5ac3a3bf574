import { hash, randomBytes } from 'node:crypto';

/** `<tenant>.<secret>`: a caller without a login names its tenant by it, and only whoever was given it can open the cart. */
export function newCartToken(storeId: string): string {
  return `${Buffer.from(storeId).toString('base64url')}.${randomBytes(32).toString('base64url')}`;
}

export interface ReadToken {
  readonly storeId: string;
  readonly hash: string;
}

/** Undefined for what can't be a token. The tenant is only a claim: its cart is found by the hash, or not at all. */
export function readCartToken(token: string): ReadToken | undefined {
  const [, tenant = ''] = /^([\w-]{1,100})\.[\w-]{43}$/.exec(token) ?? [];
  const storeId = Buffer.from(tenant, 'base64url').toString();
  if (!/^[\w-]{1,64}$/.test(storeId)) return undefined;
  return { storeId, hash: hash('sha256', token) };
}
