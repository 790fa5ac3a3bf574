import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import type { ItemStore } from '#store.ts';
import { itemView, viewOf } from '#view.ts';
import type { Item } from './decide.ts';

const body = z
  .strictObject({
    code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,62}$/, 'capitals, digits and hyphens'),
    name: z.string().trim().min(1).max(200),
  })
  .meta({ id: 'NewItem', example: { code: 'FIRST', name: 'The first one' } });

export function registerCreateItem(app: HttpApp, items: ItemStore): void {
  app.route({
    method: 'POST',
    url: '/api/v1/iot-bridge',
    config: { access: ['MERCHANT', 'ADMIN'], idempotency: 'accepted' },
    schema: {
      tags: ['iot-bridge'],
      summary: 'Add an item',
      body,
      response: { 201: itemView, 400: problem, 401: problem, 403: problem, 409: problem },
    },
    async handler(request, reply) {
      const stored = replying(request, (after: Item) => ({
        status: 201,
        body: JSON.stringify(viewOf(after)),
      }));
      const item = await items.create(principalOf(request).storeId, request.body, stored);
      return reply
        .code(201)
        .header('location', `/api/v1/iot-bridge/${item.itemId}`)
        .header('etag', `"${item.version}"`)
        .send(viewOf(item));
    },
  });
}
