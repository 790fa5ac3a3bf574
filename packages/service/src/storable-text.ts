import type { FastifyInstance } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';

/**
 * Path to the first text that Postgres cannot store: one with a zero character or half a surrogate pair. Pure.
 * Keys count too.
 */
export function unstorable(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : undefined;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const [key, part] of Object.entries(value)) {
    const found = unstorable(key, path) ?? unstorable(part, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Refuses such text at the door. Commands share transactions, so a text that fails a statement would fail the commands of
 * everybody else in it.
 */
export function registerStorableText(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const { body, params, query } = request;
    const path = unstorable(params, 'params') ?? unstorable(query, 'querystring') ?? unstorable(body, 'body');
    if (path === undefined) return done();
    const message = 'holds a character that cannot be stored';
    return done(
      new DomainError('VALIDATION_FAILED', 'invalid', `${path}: ${message}`, {
        details: { errors: [{ path, message }] },
      }),
    );
  });
}
