import { describe, expect, it } from 'vitest';
import { permissionsByRole } from '@tradewind/service/permissions.ts';
import { type CustomRole, rightsOf } from './rights.ts';

const desk: CustomRole = {
  role: 'RETURNS-DESK',
  base: 'MERCHANT',
  permissions: ['orders:read', 'returns:approve'],
};

describe('what roles give', () => {
  it('built-in ones are not limited', () => {
    expect(rightsOf(['MERCHANT', 'CUSTOMER'], [])).toEqual({
      roles: ['MERCHANT', 'CUSTOMER'],
      permissions: [],
    });
  });

  it('a custom one is its base, limited to its permissions', () => {
    expect(rightsOf(['RETURNS-DESK'], [desk])).toEqual({
      roles: ['MERCHANT'],
      permissions: ['orders:read', 'returns:approve'],
    });
  });

  it('beside a custom one, a built-in one gives no more than its own list', () => {
    const rights = rightsOf(['CUSTOMER', 'RETURNS-DESK'], [desk]);
    expect(rights?.roles).toEqual(['CUSTOMER', 'MERCHANT']);
    expect(new Set(rights?.permissions)).toEqual(
      new Set([...permissionsByRole.CUSTOMER, ...desk.permissions]),
    );
  });

  it('a token is limited to what both it and its roles have', () => {
    expect(rightsOf(['ADMIN'], [], ['users:read'])?.permissions).toEqual(['users:read']);
    expect(rightsOf(['RETURNS-DESK'], [desk], ['orders:read', 'users:write'])?.permissions).toEqual([
      'orders:read',
    ]);
  });

  it('nothing left is nothing, not everything', () => {
    expect(rightsOf(['RETURNS-DESK'], [desk], ['users:write'])).toBeUndefined();
    expect(rightsOf(['GONE'], [])).toBeUndefined();
  });
});
