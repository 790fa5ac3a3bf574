import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import type { ChangeCart } from '#cart-changes.ts';
import * as input from '#cart/input.ts';
import { answerChange, changeReplies } from '#change-request.ts';
import { setShipping } from './decide.ts';

const body = z
  .strictObject({
    address: input.address,
    method: z.string().min(1).max(50).optional(),
    expectedVersion: input.expectedVersion,
  })
  .meta({
    example: {
      address: { line1: '1 Harbour Street', city: 'Lisbon', postalCode: '1100-001', country: 'PT' },
      method: 'STANDARD',
    },
  });

export function registerSetShipping(app: HttpApp, change: ChangeCart): void {
  app.route({
    method: 'PUT',
    url: '/api/v1/carts/:cartId/shipping',
    config: { access: 'public', permission: 'carts:write' },
    schema: {
      tags: ['carts'],
      summary: 'Say where the order of a cart goes to',
      params: input.cartParams,
      headers: input.cartHeaders,
      body,
      response: changeReplies,
    },
    handler(request, reply) {
      const { address, method } = request.body;
      const shipping = { address, method: method ?? null };
      return answerChange(request, reply, change, {
        apply: (cart, at) => setShipping(cart, { shipping, ...at }),
      });
    },
  });
}
