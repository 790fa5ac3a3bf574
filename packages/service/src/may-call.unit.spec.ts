import { describe, expect, it } from 'vitest';
import { mayCall } from './may-call.ts';
import { permissionNames, permissionsByRole } from './permissions.ts';
import { roles, type Role } from './principal.ts';

const caller = (role: Role, ...permissions: string[]) => ({
  sub: 'USER-9',
  storeId: 'STORE-1',
  roles: [role],
  permissions,
});

describe('who may call an operation', () => {
  it('whoever has one of its roles', () => {
    expect(mayCall(caller('ADMIN'), ['MERCHANT', 'ADMIN'], 'products:write')).toBeUndefined();
    expect(mayCall(caller('CUSTOMER'), ['MERCHANT', 'ADMIN'], 'products:write')?.code).toBe('FORBIDDEN');
  });

  it('a limited token only what it is limited to', () => {
    expect(mayCall(caller('ADMIN', 'users:read'), ['ADMIN'], 'users:read')).toBeUndefined();
    expect(mayCall(caller('ADMIN', 'users:read'), ['ADMIN'], 'users:write')?.message).toMatch(/users:write/);
    expect(mayCall(caller('ADMIN', 'users:read'), 'authenticated', 'orders:read')?.code).toBe('FORBIDDEN');
  });

  it('permissions never stand in for a role', () => {
    expect(mayCall(caller('CUSTOMER', 'users:read'), ['ADMIN'], 'users:read')?.code).toBe('FORBIDDEN');
  });

  it('what names no permission is closed to limited tokens, unless it is public', () => {
    expect(mayCall(caller('ADMIN', 'users:read'), ['ADMIN'], undefined)?.code).toBe('FORBIDDEN');
    expect(mayCall(caller('ADMIN', 'users:read'), 'public', undefined)).toBeUndefined();
    expect(mayCall(caller('ADMIN', 'users:read'), 'public', 'carts:read')?.code).toBe('FORBIDDEN');
    expect(mayCall(caller('ADMIN', 'carts:read'), 'public', 'carts:read')).toBeUndefined();
    expect(mayCall(caller('ADMIN'), ['ADMIN'], undefined)).toBeUndefined();
  });

  it('what asks for any token is open to each', () => {
    expect(mayCall(caller('ADMIN', 'users:read'), 'authenticated', 'any')).toBeUndefined();
    expect(mayCall(caller('CUSTOMER', 'users:read'), ['ADMIN'], 'any')?.code).toBe('FORBIDDEN');
  });
});

describe('the roles', () => {
  it.each(roles)('%s has permissions of the catalogue, each once', (role) => {
    const given = permissionsByRole[role];
    expect(given.length).toBeGreaterThan(0);
    expect(permissionNames).toEqual(expect.arrayContaining([...given]));
    expect(new Set(given).size).toBe(given.length);
  });
});
