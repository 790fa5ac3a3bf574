import type { HttpApp } from '@tradewind/service/http.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { z } from 'zod';
import type { ChangeCart } from '#cart-changes.ts';
import * as input from '#cart/input.ts';
import { answerChange, changeReplies } from '#change-request.ts';
import { changeItem } from './decide.ts';

const body = z
  .strictObject({ qty: input.qty, expectedVersion: input.expectedVersion })
  .meta({ example: { qty: 3 } });

export function registerChangeItem(app: HttpApp, change: ChangeCart): void {
  const url = '/api/v1/carts/:cartId/items/:itemId';
  const shared = { params: input.itemParams, headers: input.cartHeaders, response: changeReplies };
  app.route({
    method: 'PATCH',
    url,
    config: { access: 'public', permission: 'carts:write' },
    schema: { tags: ['carts'], summary: 'Set how many pieces a line has', body, ...shared },
    handler: (request, reply) =>
      answerChange(request, reply, change, {
        apply: (cart, at) =>
          changeItem(cart, { itemId: request.params.itemId, qty: request.body.qty, ...at }),
      }),
  });
  app.route({
    method: 'DELETE',
    url,
    config: { access: 'public', permission: 'carts:write' },
    schema: { tags: ['carts'], summary: 'Take a line out of a cart', body: versionBody, ...shared },
    handler: (request, reply) =>
      answerChange(request, reply, change, {
        apply: (cart, at) => changeItem(cart, { itemId: request.params.itemId, qty: 0, ...at }),
      }),
  });
}
