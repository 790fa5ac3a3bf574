import { newId } from '@tradewind/kernel/ids.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import type { ChangeCart } from '#cart-changes.ts';
import * as input from '#cart/input.ts';
import type { Priced } from '#cart/priced.ts';
import { answerChange, changeReplies } from '#change-request.ts';
import { cartError } from '#errors.ts';
import { addItem } from './decide.ts';

const body = z
  .strictObject({
    productId: input.productId,
    qty: input.qty,
    expectedVersion: input.expectedVersion,
  })
  .meta({ example: { productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', qty: 2 } });

export function registerAddItem(app: HttpApp, change: ChangeCart): void {
  app.route({
    method: 'POST',
    url: '/api/v1/carts/:cartId/items',
    config: { access: 'public', permission: 'carts:write', idempotency: 'accepted' },
    schema: {
      tags: ['carts'],
      summary: 'Put pieces of a product into a cart; they are added to the line that is there',
      params: input.cartParams,
      headers: input.cartHeaders,
      body,
      response: changeReplies,
    },
    handler(request, reply) {
      const { productId, qty } = request.body;
      const itemId = newId();
      return answerChange(request, reply, change, {
        apply: (cart, at) => addItem(cart, { itemId, productId, qty, ...at }),
        demands: (priced) => mustBeSold(priced, productId),
      });
    },
  });
}

/** What goes into a cart has a price: without one nobody knows that the product exists. */
function mustBeSold({ unsold, mixed, resolution }: Priced, productId: string): void {
  if (unsold.includes(productId)) {
    throw cartError('UNKNOWN_PRODUCT', {
      message: `not for sale: ${productId}`,
      details: { lines: [{ productId }] },
    });
  }
  if (mixed) throw cartError('CURRENCY_MISMATCH');
  if (!resolution?.lines.some((line) => line.productId === productId)) {
    throw cartError('PRICING_UNAVAILABLE', { retryAfter: 2 });
  }
}
