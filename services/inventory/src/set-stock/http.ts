import { newId } from '@tradewind/kernel/ids.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import * as input from '#stock/input.ts';
import { locationOf } from '#stock/location.ts';
import { bodyOf, etagOf, stockBody } from '#stock/representation.ts';
import { requireRow } from '#stock/require.ts';
import type { InventoryStore, StockCommand } from '#store.ts';
import type { StockRow } from '#stock/stock.ts';
import { type SetStock, setStock } from './decide.ts';

const body = z
  .strictObject({
    productId: input.productId,
    onHand: input.onHand,
    reorderPoint: input.onHand.nullish(),
    expectedVersion: input.expectedVersion,
  })
  .meta({
    id: 'StockCount',
    example: { productId: '01a1fcc8-8a73-7d2a-a056-c52d0c61d60c', onHand: 40, reorderPoint: 10 },
  });

/** Counts a stock; answers it and whether it is new. */
export function setStockCommand(command: SetStock): StockCommand<{ row: StockRow; created: boolean }> {
  const { sku, storeId, productId } = command;
  let known = true;
  return {
    touches: { products: [productId], skus: [sku], locations: [storeId], creates: productId },
    decide(stock, now) {
      known = stock.row(storeId, sku) !== undefined;
      return setStock(stock, command, now);
    },
    reply: (stock) => ({ row: requireRow(stock, { storeId, sku }), created: !known }),
  };
}

export function registerSetStock(app: HttpApp, store: InventoryStore): void {
  app.put(
    '/api/v1/stores/:storeId/inventory/:sku',
    {
      config: { access: ['MERCHANT', 'ADMIN', 'SERVICE'], permission: 'inventory:write' },
      schema: {
        tags: ['stock'],
        summary:
          'Create a stock or set what is on hand; a new location of the tenant comes with its first stock',
        params: input.stockParams,
        body,
        response: {
          200: stockBody,
          201: stockBody,
          400: problem,
          401: problem,
          403: problem,
          404: problem,
          409: problem,
        },
      },
    },
    async (request, reply) => {
      const tenant = principalOf(request).storeId;
      const command = setStockCommand({
        storeId: locationOf(tenant, request.params.storeId),
        sku: request.params.sku,
        productId: request.body.productId,
        onHand: request.body.onHand,
        reorderPoint: request.body.reorderPoint,
        expectedVersion: expectedVersionOf(request),
        adjustmentId: newId(),
      });
      const { row, created } = await store.handle(command, { context: contextOf(request, tenant) });
      if (created) void reply.header('location', request.url);
      return reply
        .code(created ? 201 : 200)
        .header('etag', etagOf(row.version))
        .send(bodyOf(row));
    },
  );
}
