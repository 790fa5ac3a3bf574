import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { customerOf, shoppers } from '#callers.ts';
import { mayOpen } from '#cart/caller.ts';
import * as input from '#cart/input.ts';
import { lastKnown, toKept } from '#cart/priced.ts';
import { viewOf } from '#cart/view.ts';
import { readCartToken } from '#cart-token.ts';
import { changeReplies } from '#change-request.ts';
import { cartError } from '#errors.ts';
import type { CartReader } from '#cart-reader.ts';
import type { CartStore } from '#store.ts';
import { mergeCarts } from './decide.ts';
import type { CartFinder } from './find-carts.ts';

const body = z
  .strictObject({ cartToken: input.cartToken, expectedVersion: input.expectedVersion })
  .meta({ example: { cartToken: 'U1RPUkUtMQ.0Y5vXxkqfBqk9o7aP3b2m1n4c6d8e0f2g4h6i8j0k2l' } });

export interface MergeDeps {
  readonly store: CartStore;
  readonly reader: CartReader;
  readonly carts: CartFinder;
}

/**
 * `POST /carts/{id}/merge` at login. The path may name the customer's cart or the one without a login: then it goes into
 * the customer's latest, or becomes the customer's own where there is none.
 */
export function registerMergeCart(app: HttpApp, { store, reader, carts }: MergeDeps): void {
  app.route({
    method: 'POST',
    url: '/api/v1/carts/:cartId/merge',
    config: { access: shoppers, permission: 'carts:write', idempotency: 'accepted' },
    schema: {
      tags: ['carts'],
      summary: "Join a cart without a login into the customer's; a repeat answers the customer's cart",
      params: input.cartParams,
      body,
      response: changeReplies,
    },
    async handler(request, reply) {
      const { storeId, userId } = customerOf(request);
      const context = contextOf(request, storeId);
      const expectedVersion = expectedVersionOf(request);
      const token = readCartToken(request.body.cartToken);
      const { cartId } = request.params;
      const fromId = token?.storeId === storeId ? await carts.byToken(storeId, token.hash) : undefined;
      if (!token || fromId === undefined) throw cartError('CART_NOT_FOUND');
      const intoId = fromId === cartId ? await targetOf(fromId, storeId, userId) : cartId;
      const caller = { storeId, userId, tokenHash: token.hash };
      const preview = await previewOf(storeId, fromId, intoId);
      const { priced, hints } = await reader.surroundings(preview, context);
      const key = request.idempotencyKey;
      const view = await store.handle({
        cartIds: [fromId, intoId],
        context,
        decide(get, now) {
          const [from, into] = [get(fromId), get(intoId)];
          if (!from || !into || !mayOpen(from, caller) || !mayOpen(into, caller)) {
            throw cartError('CART_NOT_FOUND');
          }
          const changed = mergeCarts(from, into, { userId, expectedVersion, now });
          const after = changed.find((cart) => cart.cartId === intoId) ?? into;
          // Somebody was faster: what was priced is not what there is now.
          const same = JSON.stringify(after.items) === JSON.stringify(preview.items);
          const prices = same ? priced : lastKnown(after, priced);
          const answer = viewOf(after, prices, hints);
          return {
            decided: changed.map((cart) => ({ cart, events: [] })),
            prices: prices.status === 'CURRENT' ? [{ cartId: intoId, priced: toKept(prices) }] : [],
            replies: key ? [{ ...key, status: 200, body: JSON.stringify(answer) }] : [],
            result: answer,
          };
        },
      });
      return reply.header('etag', `"${view.version}"`).send(view);
    },
  });

  async function targetOf(fromId: string, storeId: string, userId: string): Promise<string> {
    const from = await reader.stored(storeId, fromId);
    if (from?.mergedInto) return from.mergedInto;
    return from?.userId === userId ? fromId : ((await carts.latestOf(storeId, userId)) ?? fromId);
  }

  /** The cart as it would be now: what its prices are asked for. */
  async function previewOf(storeId: string, fromId: string, intoId: string) {
    const [from, into] = await Promise.all([reader.stored(storeId, fromId), reader.stored(storeId, intoId)]);
    if (!from || !into) throw cartError('CART_NOT_FOUND');
    const userId = into.userId ?? '';
    const now = new Date();
    const merged = mergeCarts(from, into, { userId, expectedVersion: undefined, now });
    return merged.find(({ cartId }) => cartId === intoId) ?? into;
  }
}
