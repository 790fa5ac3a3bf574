import { DomainError } from '@tradewind/kernel/errors.ts';
import { identityError } from '#errors.ts';

export const etag = (version: number): string => `"${version}"`;

/**
 * The version that an If-Match header names; undefined without one or with `*`.
 * @throws DomainError IF_MATCH_INVALID
 */
export function expectedVersion(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1];
  if (version === undefined)
    throw new DomainError('IF_MATCH_INVALID', 'invalid', 'If-Match is an ETag as we sent it');
  return Number(version);
}

export function checkVersion(current: number, expected: number | undefined): void {
  if (expected === undefined || expected === current) return;
  throw identityError('VERSION_CONFLICT', { details: { currentVersion: current } });
}
