import { hasRole, type Principal } from '@tradewind/service/principal.ts';
import type { OrderAction, Policy } from '@tradewind/service/policy.ts';
import { orderError } from '#errors.ts';

/** Staff see every order of their tenant. */
export const isStaff = (principal: Principal): boolean => hasRole(principal, 'ADMIN', 'MERCHANT', 'SERVICE');

/**
 * The order, for its owner and for staff. Somebody else's looks like one that does not exist.
 * @throws DomainError ORDER_NOT_FOUND
 */
export function visibleTo<T extends { readonly userId: string }>(
  principal: Principal,
  order: T | undefined,
): T {
  if (!order || (order.userId !== principal.sub && !isStaff(principal))) throw orderError('ORDER_NOT_FOUND');
  return order;
}

/**
 * Asks the policy; a refusal says no more than the caller may know.
 * @throws DomainError FORBIDDEN, SELF_APPROVAL, ORDER_NOT_FOUND
 */
export function checkAllowed(
  policy: Policy,
  principal: Principal,
  action: OrderAction,
  { userId, status, requestedBy }: Asked,
): void {
  const { sub, roles, storeId } = principal;
  const { allow, reason } = policy.evaluate('tradewind/order/decision', {
    action,
    principal: { sub, roles, storeId },
    // Orders of other tenants are never seen here: row-level security keeps them out.
    resource: { ownerId: userId, storeId, status, requestedBy },
  });
  if (allow) return;
  if (reason === 'self') throw orderError('SELF_APPROVAL');
  if (reason === 'not-owner' || reason === 'other-tenant') throw orderError('ORDER_NOT_FOUND');
  throw orderError('FORBIDDEN', { details: { orderStatus: status } });
}

interface Asked {
  readonly userId: string;
  readonly status: string;
  /** Who asked for what is to be approved. */
  readonly requestedBy?: string | undefined;
}
