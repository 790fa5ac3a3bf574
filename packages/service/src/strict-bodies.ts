import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const emptyBody = z.strictObject({}).nullish();
/** Of a route that takes nothing but the version it builds on, which If-Match may say as well. */
export const versionBody = z
  .strictObject({ expectedVersion: z.int().min(0).optional() })
  .nullish()
  .meta({ example: {} });

/**
 * A route whose schema has no body takes none: a field that nobody reads would be taken for heard, such as a secret sent
 * with a rotation. Who reads something else than JSON says so by `body: z.unknown()`.
 */
export function registerStrictBodies(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const reads = [route.method].flat().every((method) => method === 'GET' || method === 'HEAD');
    if (reads || !route.url.startsWith('/api/') || route.schema?.body) return;
    route.schema = { ...route.schema, body: emptyBody };
  });
}
