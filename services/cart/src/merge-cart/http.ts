import type { IdempotencyKey } from '@tradewind/outbox/idempotency.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { z } from 'zod';
import { customerOf, shoppers } from '#callers.ts';
import { type Caller, mayOpen } from '#cart/caller.ts';
import * as input from '#cart/input.ts';
import { lastKnown, toKept } from '#cart/priced.ts';
import { type CartView, viewOf } from '#cart/view.ts';
import { readCartToken } from '#cart-token.ts';
import { changeReplies } from '#change-request.ts';
import { cartError } from '#errors.ts';
import type { CartReader } from '#cart-reader.ts';
import type { CartStore } from '#store.ts';
import { mergeCarts } from './decide.ts';
import type { CartFinder } from './find-carts.ts';
import { fitTogether, type Preview } from './fitting.ts';
import { type PricingContext, pricingContextOf } from '#pricing-context.ts';

const body = z
  .strictObject({ cartToken: input.cartToken, expectedVersion: input.expectedVersion })
  .meta({ example: { cartToken: 'U1RPUkUtMQ.0Y5vXxkqfBqk9o7aP3b2m1n4c6d8e0f2g4h6i8j0k2l' } });

export interface MergeDeps {
  readonly store: CartStore;
  readonly reader: CartReader;
  readonly carts: CartFinder;
}

interface Merge {
  readonly caller: Caller & { readonly userId: string };
  readonly context: PricingContext;
  readonly expectedVersion: number | undefined;
  readonly key: IdempotencyKey | undefined;
}

interface Rules {
  /** The path names the cart without a login: it may stay a cart of its own. */
  readonly ownId: boolean;
  /** It is merged with the prices at hand. */
  readonly last: boolean;
}

/** How often a merge is thought over because one of the carts was changed meanwhile. */
const TRIES = 5;

/**
 * `POST /carts/{id}/merge` at login. The path may name the customer's cart or the one without a login: then it goes into
 * the customer's latest, or becomes the customer's own where there is none, or none of its currency.
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
      const { storeId, userId, segment } = customerOf(request);
      const context = pricingContextOf(request, { storeId, segment });
      const expectedVersion = expectedVersionOf(request);
      const token = readCartToken(request.body.cartToken);
      const { cartId } = request.params;
      const fromId = token?.storeId === storeId ? await carts.byToken(storeId, token.hash) : undefined;
      if (!token || fromId === undefined) throw cartError('CART_NOT_FOUND');
      const intoId = fromId === cartId ? await targetOf(fromId, storeId, userId) : cartId;
      const caller = { storeId, userId, tokenHash: token.hash, segment };
      const key = request.idempotencyKey;
      const command = { caller, context, expectedVersion, key };
      let view: CartView | undefined;
      for (let tries = 1; view === undefined; tries++) {
        view = await merge(command, fromId, intoId, { ownId: cartId === fromId, last: tries === TRIES });
      }
      return reply.header('etag', `"${view.version}"`).send(view);
    },
  });

  /** Undefined where somebody was faster: what was priced is not what there is then. */
  async function merge(command: Merge, fromId: string, namedId: string, rules: Rules) {
    const { caller, context, expectedVersion, key } = command;
    const { storeId, userId } = caller;
    const named = await previewOf(storeId, fromId, namedId);
    const around = await reader.surroundings(named.merged, context);
    const fits = await fitTogether(named, around, reader, context);
    if (!fits && !rules.ownId) throw cartError('CART_CURRENCY_MISMATCH');
    const intoId = fits ? namedId : fromId;
    const preview = fits ? named : await previewOf(storeId, fromId, fromId);
    const { priced, hints } = fits ? around : await reader.surroundings(preview.merged, context);
    return store.handle({
      cartIds: [fromId, intoId],
      context,
      decide(get, now) {
        const [from, into] = [get(fromId), get(intoId)];
        if (!from || !into || !mayOpen(from, caller) || !mayOpen(into, caller)) {
          throw cartError('CART_NOT_FOUND');
        }
        const changed = mergeCarts(from, into, { userId, expectedVersion, now });
        const after = changed.find((cart) => cart.cartId === intoId) ?? into;
        const same = JSON.stringify(after.items) === JSON.stringify(preview.merged.items);
        if (!same && !rules.last) return { decided: [], result: undefined };
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
  }

  async function targetOf(fromId: string, storeId: string, userId: string): Promise<string> {
    const from = await reader.stored(storeId, fromId);
    if (from?.mergedInto) return from.mergedInto;
    return from?.userId === userId ? fromId : ((await carts.latestOf(storeId, userId)) ?? fromId);
  }

  /** The cart as it would be now: what its prices are asked for. */
  async function previewOf(storeId: string, fromId: string, intoId: string): Promise<Preview> {
    const [from, into] = await Promise.all([reader.stored(storeId, fromId), reader.stored(storeId, intoId)]);
    if (!from || !into) throw cartError('CART_NOT_FOUND');
    const userId = into.userId ?? '';
    const now = new Date();
    const merged = mergeCarts(from, into, { userId, expectedVersion: undefined, now });
    return { from, into, merged: merged.find(({ cartId }) => cartId === intoId) ?? into };
  }
}
