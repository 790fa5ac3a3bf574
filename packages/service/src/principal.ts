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
  /** Of customers: whose price lists and promotions they get. Signed with the rest, so nobody can claim another one. */
  readonly segment?: string | undefined;
}

/** What a segment may be called. */
export const SEGMENT = /^[\w.-]{1,50}$/;

export const hasRole = (principal: Principal, ...any: readonly Role[]): boolean =>
  any.some((role) => principal.roles.includes(role));

export function unauthenticated(detail: string): DomainError {
  return new DomainError('UNAUTHENTICATED', 'unauthenticated', detail);
}

export function forbidden(detail = 'your roles do not allow this'): DomainError {
  return new DomainError('FORBIDDEN', 'forbidden', detail);
}
