import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { callerOf } from '#callers.ts';
import { mayOpen } from '#cart/caller.ts';
import * as input from '#cart/input.ts';
import { cartView } from '#cart/view.ts';
import { cartError } from '#errors.ts';
import { pricingContextOf } from '#pricing-context.ts';
import type { CartReader } from '#cart-reader.ts';

export function registerReadCart(app: HttpApp, reader: CartReader): void {
  app.route({
    method: 'GET',
    url: '/api/v1/carts/:cartId',
    config: { access: 'public', permission: 'carts:read' },
    schema: {
      tags: ['carts'],
      summary: 'A cart with its prices of now, the rules that made them, and hints of the stock',
      params: input.cartParams,
      headers: input.cartHeaders,
      response: { 200: cartView, 401: problem, 403: problem, 404: problem },
    },
    async handler(request, reply) {
      const caller = callerOf(request);
      const cart = await reader.cart(caller.storeId, request.params.cartId);
      // Somebody else's cart looks like one that does not exist.
      if (!cart || !mayOpen(cart, caller)) throw cartError('CART_NOT_FOUND');
      const view = await reader.view(cart, pricingContextOf(request, caller));
      return reply.header('etag', `"${view.version}"`).send(view);
    },
  });
}
