import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

/**
 * Refuses query parameters that a route does not know, as unknown fields of a body are refused: a misspelled filter would
 * otherwise look like one that found everything. Only the API's own routes; probes and scrapers add what they like.
 */
export function registerStrictQueries(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (!/^\/(api|ws|sse)\//.test(route.url)) return;
    const given = route.schema?.querystring ?? z.object({});
    if (given instanceof z.ZodObject && given.def.catchall === undefined)
      route.schema = { ...route.schema, querystring: given.strict() };
  });
}
