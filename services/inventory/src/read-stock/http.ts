import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { stockParams } from '#stock/input.ts';
import { locationOf } from '#stock/location.ts';
import { bodyOf, etagOf, stockBody } from '#stock/representation.ts';
import type { StockQueries } from './queries.ts';

export function registerReadStock(app: HttpApp, queries: StockQueries): void {
  app.get(
    '/api/v1/stores/:storeId/inventory/:sku',
    {
      config: { access: 'authenticated', permission: 'inventory:read' },
      schema: {
        tags: ['stock'],
        summary: 'Stock of a sku in a location',
        params: stockParams,
        response: { 200: stockBody, 401: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const tenant = principalOf(request).storeId;
      const row = await queries.stockAt(
        tenant,
        locationOf(tenant, request.params.storeId),
        request.params.sku,
      );
      return reply.header('etag', etagOf(row.version)).send(bodyOf(row));
    },
  );
}
