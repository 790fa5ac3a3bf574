import { newId } from '@tradewind/kernel/ids.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { callerOf } from '#callers.ts';
import type { Cart } from '#cart/cart.ts';
import * as input from '#cart/input.ts';
import { nothingToPrice } from '#cart/priced.ts';
import { cartView, viewOf } from '#cart/view.ts';
import { newCartToken, readCartToken } from '#cart-token.ts';
import type { CartStore } from '#store.ts';

const body = z
  .strictObject({ currency: input.currency.optional() })
  .nullish()
  .meta({ example: { currency: 'USD' } });

const created = cartView
  .extend({
    cartToken: z
      .string()
      .optional()
      .meta({ description: 'of a cart without a login: send it as Cart-Token; it is not shown again' }),
  })
  .meta({ id: 'NewCart' });

const locationOf = ({ cartId }: { cartId: string }): string => `/api/v1/carts/${cartId}`;

export function registerCreateCart(app: HttpApp, store: CartStore): void {
  app.route({
    method: 'POST',
    url: '/api/v1/carts',
    config: {
      access: 'public',
      permission: 'carts:write',
      beginsCart: true,
      idempotency: 'accepted',
      locationOf,
    },
    schema: {
      tags: ['carts'],
      summary: "Begin a cart: the caller's, or without a token one that its cartToken opens",
      querystring: input.storeQuery,
      body,
      response: { 201: created, 400: problem, 401: problem, 403: problem },
    },
    async handler(request, reply) {
      const { storeId, userId } = callerOf(request);
      const cartToken = userId === undefined ? newCartToken(storeId) : undefined;
      const begun = {
        cartId: newId(),
        userId: userId ?? null,
        tokenHash: (cartToken && readCartToken(cartToken)?.hash) ?? null,
        currency: request.body?.currency ?? null,
      };
      const { idempotency } = replying(request, (view: object) => ({
        status: 201,
        body: JSON.stringify(view),
      }));
      const answer = await store.handle({
        cartIds: [],
        context: contextOf(request, storeId),
        decide(_, now) {
          const cart = emptyCart(begun, now);
          const view = { ...viewOf(cart, nothingToPrice, new Map()), ...(cartToken ? { cartToken } : {}) };
          return {
            decided: [{ cart, events: [] }],
            replies: idempotency ? [{ ...idempotency.key, ...idempotency.reply(view, 0) }] : [],
            result: view,
          };
        },
      });
      return reply.code(201).header('location', locationOf(answer)).header('etag', '"1"').send(answer);
    },
  });
}

function emptyCart(begun: Pick<Cart, 'cartId' | 'userId' | 'tokenHash' | 'currency'>, now: Date): Cart {
  return {
    ...begun,
    status: 'OPEN',
    items: [],
    codes: [],
    shipping: null,
    version: 1,
    mergedInto: null,
    orderId: null,
    checkout: null,
    createdAt: now,
    updatedAt: now,
  };
}
