import { hasRole, type Principal } from '@tradewind/service/principal.ts';
import { notificationError } from '#errors.ts';
import { isStoreRecipient } from '#preferences/preferences.ts';

/** Staff see what anybody of their tenant was told. */
export const isStaff = (principal: Principal): boolean => hasRole(principal, 'ADMIN', 'MERCHANT', 'SERVICE');

/**
 * Whose messages are meant: one's own unless staff name somebody else.
 * @throws DomainError RECIPIENT_NOT_FOUND
 */
export function recipientFor(principal: Principal, named: string | undefined): string {
  const recipient = named ?? principal.sub;
  const own = recipient === principal.sub && !isStoreRecipient(recipient);
  if (!own && !isStaff(principal)) throw notificationError('RECIPIENT_NOT_FOUND');
  return recipient;
}
