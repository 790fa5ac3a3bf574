import type { DomainError } from '@tradewind/kernel/errors.ts';
import type { Access } from './access.ts';
import type { Needed } from './permissions.ts';
import { forbidden, hasRole, type Principal } from './principal.ts';

/**
 * Why this caller may not call an operation; undefined where it may. Roles say who somebody is, permissions narrow what
 * its token is good for: both must allow it. A limited token can call what names no permission only where that is public;
 * what is public and names one is open to those who send no token, as a cart is to whoever has its Cart-Token.
 */
export function mayCall(
  principal: Principal,
  access: Access,
  permission: Needed | undefined,
): DomainError | undefined {
  if (typeof access !== 'string' && !hasRole(principal, ...access)) return forbidden();
  if (principal.permissions.length === 0 || permission === 'any') return undefined;
  if (permission === undefined)
    return access === 'public' ? undefined : forbidden('a limited token can not do this');
  return principal.permissions.includes(permission)
    ? undefined
    : forbidden(`the token lacks the permission ${permission}`);
}
