import type { DomainError } from '@tradewind/kernel/errors.ts';
import type { Access } from './access.ts';
import type { Needed } from './permissions.ts';
import { forbidden, hasRole, type Principal } from './principal.ts';

/**
 * Why this caller may not call an operation; undefined where it may. Roles say who somebody is, permissions narrow what
 * its token is good for: both must allow it. A limited token can call what names no permission only where that is public.
 */
export function mayCall(
  principal: Principal,
  access: Access,
  permission: Needed | undefined,
): DomainError | undefined {
  if (access === 'public') return undefined;
  if (access !== 'authenticated' && !hasRole(principal, ...access)) return forbidden();
  if (principal.permissions.length === 0) return undefined;
  if (permission === 'any') return undefined;
  if (permission && principal.permissions.includes(permission)) return undefined;
  return forbidden(
    permission ? `the token lacks the permission ${permission}` : 'a limited token can not do this',
  );
}
