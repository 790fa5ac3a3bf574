import { hasRole, type Principal } from '@tradewind/service/principal.ts';
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
