import { beforeAll, describe, expect, it } from 'vitest';
import {
  loadPolicy,
  type OrderAction,
  type Policy,
  type PolicyInputs,
} from '../packages/service/src/policy.ts';
import type { Role } from '../packages/service/src/principal.ts';

const roles: readonly Role[] = ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE', 'DEVICE'];
const statuses = ['PENDING', 'PAYMENT_PENDING', 'PAID', 'FULFILLED', 'RETURNED', 'CANCELED', 'EXPIRED'];

/** Who may cancel what; whatever is not listed is refused. */
const allowed: Readonly<Record<string, string>> = {
  'CUSTOMER own PENDING': 'owner',
  'ADMIN own PENDING': 'admin',
  'ADMIN own PAID': 'admin',
  'ADMIN other PENDING': 'admin',
  'ADMIN other PAID': 'admin',
  'SERVICE own PENDING': 'system',
  'SERVICE other PENDING': 'system',
};

function refusal(role: Role, owned: string): string {
  if (role === 'MERCHANT' || role === 'DEVICE') return 'role';
  return role === 'CUSTOMER' && owned === 'other' ? 'not-owner' : 'status';
}

type Input = PolicyInputs['tradewind/order/decision'];

function cancel(given: { roles: readonly Role[]; sub?: string; storeId?: string; status?: string }): Input {
  return {
    action: 'cancel',
    principal: { sub: given.sub ?? 'USER-9', roles: given.roles, storeId: given.storeId ?? 'STORE-1' },
    resource: { ownerId: 'USER-9', storeId: 'STORE-1', status: given.status ?? 'PENDING' },
  };
}

const table = roles.flatMap((role) =>
  ['own', 'other'].flatMap((owned) => statuses.map((status) => ({ role, owned, status }))),
);

describe('cancel an order', () => {
  let policy: Policy;
  beforeAll(async () => {
    policy = await loadPolicy();
  });
  const decide = (input: unknown) => policy.evaluate('tradewind/order/decision', input as Input);

  it.each(table)('$role, $owned order, $status', ({ role, owned, status }) => {
    const reason = allowed[`${role} ${owned} ${status}`];
    const decision = decide(cancel({ roles: [role], sub: owned === 'own' ? 'USER-9' : 'USER-8', status }));
    expect(decision).toEqual(
      reason ? { allow: true, reason } : { allow: false, reason: refusal(role, owned) },
    );
  });

  it.each(table)('$role of another tenant, $owned order, $status', ({ role, owned, status }) => {
    const sub = owned === 'own' ? 'USER-9' : 'USER-8';
    expect(decide(cancel({ roles: [role], sub, status, storeId: 'STORE-2' }))).toEqual({
      allow: false,
      reason: 'other-tenant',
    });
  });

  it('takes the strongest of several roles', () => {
    const both = cancel({ roles: ['CUSTOMER', 'ADMIN'], sub: 'USER-8', status: 'PAID' });
    expect(decide(both)).toEqual({ allow: true, reason: 'admin' });
  });

  it.each([
    ['no roles', cancel({ roles: [] }), 'role'],
    ['a role that does not exist', cancel({ roles: ['ROOT' as Role] }), 'role'],
    ['another action', { ...cancel({ roles: ['ADMIN'] }), action: 'destroy' }, 'unknown-action'],
    ['an empty input', {}, 'other-tenant'],
    ['no input', undefined, 'other-tenant'],
    ['no principal', { ...cancel({ roles: ['ADMIN'] }), principal: undefined }, 'other-tenant'],
    ['no resource', { ...cancel({ roles: ['ADMIN'] }), resource: undefined }, 'other-tenant'],
    [
      'roles that are no list',
      { ...cancel({ roles: [] }), principal: { sub: 'USER-9', storeId: 'STORE-1', roles: 'ADMIN' } },
      'default-deny',
    ],
    [
      'two empty tenants',
      {
        action: 'cancel',
        principal: { sub: 'a', roles: ['ADMIN'], storeId: '' },
        resource: { ownerId: 'a', storeId: '', status: 'PENDING' },
      },
      'other-tenant',
    ],
    [
      'an owner without a name',
      {
        ...cancel({ roles: ['CUSTOMER'], sub: '' }),
        resource: { ownerId: '', storeId: 'STORE-1', status: 'PENDING' },
      },
      'not-owner',
    ],
    ['an input that is no JSON', { ...cancel({ roles: ['ADMIN'] }), size: 1n }, 'policy-error'],
  ])('denies with %s', (_name, input, reason) => {
    expect(decide(input)).toEqual({ allow: false, reason });
  });
});

/** Who may do what, once the order's state allows it; whoever is not listed is refused by role. */
const later: Readonly<Record<Exclude<OrderAction, 'cancel'>, Readonly<Partial<Record<Role, string>>>>> = {
  approve_cancellation: { ADMIN: 'staff' },
  reject_cancellation: { ADMIN: 'staff' },
  request_return: { CUSTOMER: 'owner', MERCHANT: 'staff', ADMIN: 'staff' },
  approve_return: { MERCHANT: 'staff', ADMIN: 'staff' },
  reject_return: { MERCHANT: 'staff', ADMIN: 'staff' },
  refund: { MERCHANT: 'staff', ADMIN: 'staff' },
};
const actions = Object.keys(later) as (keyof typeof later)[];
const laterTable = actions.flatMap((action) => roles.map((role) => ({ action, role })));

describe("an order's later life", () => {
  let policy: Policy;
  beforeAll(async () => {
    policy = await loadPolicy();
  });
  const ask = (action: OrderAction, role: Role, sub: string, storeId = 'STORE-1', requestedBy?: string) =>
    policy.evaluate('tradewind/order/decision', {
      action,
      principal: { sub, roles: [role], storeId },
      resource: { ownerId: 'USER-9', storeId: 'STORE-1', status: 'PAID', requestedBy },
    });

  it.each(laterTable)('$action by $role', ({ action, role }) => {
    const reason = later[action][role];
    const decision = reason ? { allow: true, reason } : { allow: false, reason: 'role' };
    expect(ask(action, role, 'USER-9', 'STORE-1', 'ADMIN-1')).toEqual(decision);
    expect(ask(action, role, 'USER-9', 'STORE-2', 'ADMIN-1')).toEqual({
      allow: false,
      reason: 'other-tenant',
    });
  });

  it('customers ask for returns of their own orders only', () => {
    expect(ask('request_return', 'CUSTOMER', 'USER-8')).toEqual({ allow: false, reason: 'not-owner' });
  });

  it('a cancellation is approved by somebody else than who asked for it; taking it back is open to both', () => {
    const decide = (action: OrderAction) => ask(action, 'ADMIN', 'ADMIN-1', 'STORE-1', 'ADMIN-1');
    expect(decide('approve_cancellation')).toEqual({ allow: false, reason: 'self' });
    expect(decide('reject_cancellation')).toEqual({ allow: true, reason: 'staff' });
    expect(ask('approve_cancellation', 'ADMIN', 'ADMIN-1')).toEqual({ allow: false, reason: 'self' });
  });
});
