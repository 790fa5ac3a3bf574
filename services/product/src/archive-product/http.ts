import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { z } from 'zod';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { idParams } from '#product/input.ts';
import type { ProductStore } from '#store.ts';
import { archiveProduct } from './decide.ts';

export function registerArchiveProduct(app: HttpApp, store: ProductStore): void {
  app.delete(
    '/api/v1/products/:id',
    {
      config: { access: ['MERCHANT', 'ADMIN'], permission: 'products:write' },
      schema: {
        tags: ['products'],
        summary: 'Archive a product: readable, but neither listed nor sold any more',
        params: idParams,
        body: versionBody,
        response: {
          204: z.null().meta({ description: 'it is archived' }),
          401: problem,
          403: problem,
          404: problem,
          409: problem,
        },
      },
    },
    async (request, reply) => {
      const { storeId } = principalOf(request);
      const expectedVersion = expectedVersionOf(request);
      await store.handle(
        request.params.id,
        (before, { now }) => archiveProduct(before, { expectedVersion, now }),
        { context: contextOf(request, storeId) },
      );
      return reply.code(204).send(null);
    },
  );
}
