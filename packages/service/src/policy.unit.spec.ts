import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadPolicy, type PolicyName } from './policy.ts';

const admin = { sub: 'ADMIN-1', roles: ['ADMIN'], storeId: 'STORE-1' } as const;
const override = { action: 'override_price', principal: admin, resource: { storeId: 'STORE-1' } } as const;

describe('policy', () => {
  it('finds the policies of the repository by itself', async () => {
    const policy = await loadPolicy();
    expect(policy.evaluate('tradewind/product/decision', override)).toEqual({ allow: true, reason: 'admin' });
  });

  it('denies what no policy decides', async () => {
    const policy = await loadPolicy();
    const denied = { allow: false, reason: 'policy-error' };
    expect(policy.evaluate('tradewind/unknown/decision' as PolicyName, override as never)).toEqual(denied);
  });

  it('goes on deciding after an error', async () => {
    const policy = await loadPolicy();
    policy.evaluate('tradewind/product/decision', { ...override, size: 1n } as never);
    expect(policy.evaluate('tradewind/product/decision', override).allow).toBe(true);
  });

  it('decides by the input of the call alone, many times over', async () => {
    const policy = await loadPolicy();
    const customer = { ...override, principal: { ...admin, roles: ['CUSTOMER'] } } as const;
    for (let i = 0; i < 2_000; i++) {
      expect(policy.evaluate('tradewind/product/decision', override).allow).toBe(true);
      expect(policy.evaluate('tradewind/product/decision', customer).allow).toBe(false);
    }
  });

  it('refuses to load what is missing or no policy', async () => {
    await expect(loadPolicy('no-such-file.wasm')).rejects.toThrow(/ENOENT/);
    await expect(loadPolicy(fileURLToPath(import.meta.url))).rejects.toThrow();
  });
});
