import type { FastifyInstance } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';

export interface Unstorable {
  readonly path: string;
  readonly message: string;
}

/** No body of ours comes near; the walk below must end before the call stack does. */
const MAX_DEPTH = 64;

/**
 * The first text that Postgres cannot store: one with a zero character or half a surrogate pair; or where a value is
 * nested too deeply to look at. Keys count too. Pure.
 */
export function unstorable(value: unknown, path: string, depth = 0): Unstorable | undefined {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return undefined;
    return { path, message: 'holds a character that cannot be stored' };
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  if (depth === MAX_DEPTH) return { path: 'body', message: 'is nested too deeply' };
  for (const [key, part] of Object.entries(value)) {
    const found = unstorable(key, path) ?? unstorable(part, `${path}.${key}`, depth + 1);
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
    const found =
      unstorable(params, 'params') ?? unstorable(query, 'querystring') ?? unstorable(body, 'body');
    if (found === undefined) return done();
    return done(
      new DomainError('VALIDATION_FAILED', 'invalid', `${found.path}: ${found.message}`, {
        details: { errors: [found] },
      }),
    );
  });
}
