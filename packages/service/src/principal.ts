import { DomainError } from '@tradewind/kernel/errors.ts';

export const roles = ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE', 'DEVICE'] as const;
export type Role = (typeof roles)[number];

/** Who is calling, as a verified token says it. */
export interface Principal {
  readonly sub: string;
  readonly roles: readonly Role[];
  /** The tenant: scopes every row, key and query. */
  readonly storeId: string;
  /** What the token is limited to; empty = all that its roles give. */
  readonly permissions: readonly string[];
}

export const hasRole = (principal: Principal, ...any: readonly Role[]): boolean =>
  any.some((role) => principal.roles.includes(role));

export function unauthenticated(detail: string): DomainError {
  return new DomainError('UNAUTHENTICATED', 'unauthenticated', detail);
}

export function forbidden(detail = 'your roles do not allow this'): DomainError {
  return new DomainError('FORBIDDEN', 'forbidden', detail);
}
