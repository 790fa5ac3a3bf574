import { newId } from '@tradewind/kernel/ids.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { inventoryError } from '#errors.ts';
import * as input from '#stock/input.ts';
import { locationOf } from '#stock/location.ts';
import { bodyOf, etagOf, stockBody } from '#stock/representation.ts';
import type { StockRow } from '#stock/stock.ts';
import type { InventoryStore, StockCommand } from '#store.ts';
import { type AdjustStock, adjustStock } from './decide.ts';

const body = z
  .strictObject({ delta: input.delta, reason: input.reason, expectedVersion: input.expectedVersion })
  .meta({ id: 'StockAdjustment', example: { delta: -2, reason: 'DAMAGED' } });

export function adjustCommand(command: AdjustStock): StockCommand<StockRow> {
  const { storeId, sku } = command;
  return {
    touches: { skus: [sku], locations: [storeId] },
    decide: (stock) => adjustStock(stock, command),
    reply(stock) {
      const row = stock.row(storeId, sku);
      if (!row) throw inventoryError('STOCK_NOT_FOUND');
      return row;
    },
  };
}

export function registerAdjustStock(app: HttpApp, store: InventoryStore): void {
  app.post(
    '/api/v1/stores/:storeId/inventory/:sku/adjust',
    {
      config: {
        access: ['MERCHANT', 'ADMIN', 'SERVICE'],
        permission: 'inventory:write',
        idempotency: 'accepted',
      },
      schema: {
        tags: ['stock'],
        summary: 'Change what is on hand by a difference; never below what is reserved',
        params: input.stockParams,
        body,
        response: { 200: stockBody, 400: problem, 401: problem, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const tenant = principalOf(request).storeId;
      const { delta, reason } = request.body;
      const command = adjustCommand({
        storeId: locationOf(tenant, request.params.storeId),
        sku: request.params.sku,
        delta,
        expectedVersion: expectedVersionOf(request),
        cause: { adjustmentId: newId(), reason },
      });
      const row = await store.handle(command, {
        context: contextOf(request, tenant),
        ...replying(request, (after: StockRow) => ({ status: 200, body: JSON.stringify(bodyOf(after)) })),
      });
      return reply.header('etag', etagOf(row.version)).send(bodyOf(row));
    },
  );
}
