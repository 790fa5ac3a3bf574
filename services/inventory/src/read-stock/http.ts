import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { asOf, endOfPast } from '@tradewind/service/as-of.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { inventoryError } from '#errors.ts';
import { stockAsOf } from '#past-stock/query.ts';
import { stockParams } from '#stock/input.ts';
import { locationOf } from '#stock/location.ts';
import { bodyOf, etagOf, stockBody } from '#stock/representation.ts';
import type { StockQueries } from './queries.ts';

export function registerReadStock(app: HttpApp, queries: StockQueries, db: Database): void {
  app.get(
    '/api/v1/stores/:storeId/inventory/:sku',
    {
      config: { access: 'authenticated', permission: 'inventory:read' },
      schema: {
        tags: ['stock'],
        summary: 'Stock of a sku in a location, as it is or as it was',
        params: stockParams,
        querystring: z.object({ asOf }),
        response: { 200: stockBody, 400: problem, 401: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const tenant = principalOf(request).storeId;
      const { sku } = request.params;
      const storeId = locationOf(tenant, request.params.storeId);
      const time = request.query.asOf;
      if (time !== undefined) {
        const [past] = await stockAsOf(db, tenant, endOfPast(time), { storeId, sku });
        if (!past) throw inventoryError('STOCK_NOT_FOUND');
        return bodyOf(past);
      }
      const row = await queries.stockAt(tenant, storeId, sku);
      return reply.header('etag', etagOf(row.version)).send(bodyOf(row));
    },
  );
}
