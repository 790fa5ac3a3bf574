import type { FastifyInstance } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';

const DOTS = /\/(?:\.|%2e){1,2}(?=[/?]|$)/i;

/** Whether a part of the URL's path is `.` or `..`, encoded or not. */
export const hasDots = (url: string): boolean => DOTS.test(url.split('?', 1)[0] ?? '');

/**
 * Refuses `.` and `..` as parts of a path. On the way to a service they would be resolved, and it would see another path
 * than the one that was routed here.
 */
export function registerPlainPaths(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (hasDots(request.url))
      done(new DomainError('MALFORMED_URL', 'invalid', 'the path has a part . or ..'));
    else done();
  });
}
