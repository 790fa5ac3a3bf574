import type { FastifyRequest } from 'fastify';
import { productError } from '#errors.ts';

const ETAG = /^(?:W\/)?"(\d{1,9})"$/;

/**
 * The version that a write builds on: If-Match, or else the body's `expectedVersion`; undefined takes any.
 * @throws DomainError INVALID_IF_MATCH
 */
export function expectedVersionOf(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined) {
    const body = request.body as { expectedVersion?: number } | null | undefined;
    return body?.expectedVersion;
  }
  if (header.trim() === '*') return undefined;
  const version = ETAG.exec(header.trim())?.[1];
  if (version === undefined) throw productError('INVALID_IF_MATCH');
  return Number(version);
}
