import { identityError } from '#errors.ts';

export const etag = (version: number): string => `"${version}"`;

export function checkVersion(current: number, expected: number | undefined): void {
  if (expected === undefined || expected === current) return;
  throw identityError('VERSION_CONFLICT', { details: { currentVersion: current } });
}
