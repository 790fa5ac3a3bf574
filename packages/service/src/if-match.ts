import type { FastifyRequest } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';

/** Ours, also as caches weaken it and as hasty clients leave its quotes away. */
const VERSION = /^(?:(?:W\/)?"(\d{1,9})"|(\d{1,9}))$/;
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;
/** No resource has it. */
const NO_VERSION = -1;

/**
 * The version that a write builds on: If-Match, or else the body's `expectedVersion`; undefined takes any. An ETag that
 * was never ours matches nothing.
 * @throws DomainError INVALID_IF_MATCH
 */
export function expectedVersionOf(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']?.trim();
  if (header === undefined) {
    const body = request.body as { expectedVersion?: number } | null | undefined;
    return body?.expectedVersion;
  }
  if (header === '*') return undefined;
  const [, quoted, bare] = VERSION.exec(header) ?? [];
  const version = quoted ?? bare;
  if (version !== undefined) return Number(version);
  if (ENTITY_TAG.test(header)) return NO_VERSION;
  const message = 'If-Match holds one ETag of this resource, such as "3"';
  throw new DomainError('INVALID_IF_MATCH', 'invalid', message, {
    details: { errors: [{ path: 'headers.if-match', message }] },
  });
}
