import { beforeAll, describe, expect, it } from 'vitest';
import { loadPolicy, type Policy, type PolicyInputs } from '../packages/service/src/policy.ts';
import type { Role } from '../packages/service/src/principal.ts';

const roles: readonly Role[] = ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE', 'DEVICE'];
type Input = PolicyInputs['tradewind/product/decision'];

const override = (role: Role, storeId: string): Input => ({
  action: 'override_price',
  principal: { sub: 'USER-9', roles: [role], storeId: 'STORE-1' },
  resource: { storeId },
});

describe('override a price', () => {
  let policy: Policy;
  beforeAll(async () => {
    policy = await loadPolicy();
  });
  const decide = (input: unknown) => policy.evaluate('tradewind/product/decision', input as Input);

  it.each(roles)('%s in the own store', (role) => {
    expect(decide(override(role, 'STORE-1'))).toEqual(
      role === 'ADMIN' ? { allow: true, reason: 'admin' } : { allow: false, reason: 'role' },
    );
  });

  it.each(roles)('%s in another store', (role) => {
    expect(decide(override(role, 'STORE-2'))).toEqual({ allow: false, reason: 'other-tenant' });
  });

  it.each([
    ['another action', { ...override('ADMIN', 'STORE-1'), action: 'destroy' }, 'unknown-action'],
    ['an empty input', {}, 'other-tenant'],
    [
      'two absent tenants',
      { action: 'override_price', principal: { roles: ['ADMIN'] }, resource: {} },
      'other-tenant',
    ],
  ])('denies with %s', (_name, input, reason) => {
    expect(decide(input)).toEqual({ allow: false, reason });
  });
});
