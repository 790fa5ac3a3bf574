import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import type { ItemStore } from '#store.ts';
import { itemView, viewOf } from '#view.ts';

export function registerReadItem(app: HttpApp, items: ItemStore): void {
  app.route({
    method: 'GET',
    url: '/api/v1/iot-bridge/:itemId',
    config: { access: 'authenticated' },
    schema: {
      tags: ['iot-bridge'],
      summary: 'An item',
      params: z.object({ itemId: z.string().min(1).max(100) }),
      response: { 200: itemView, 401: problem, 404: problem },
    },
    async handler(request, reply) {
      const item = await items.find(principalOf(request).storeId, request.params.itemId);
      return reply.header('etag', `"${item.version}"`).send(viewOf(item));
    },
  });
}
