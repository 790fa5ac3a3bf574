import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { customerOf, shoppers } from '#callers.ts';
import { mayOpen } from '#cart/caller.ts';
import type { Cart, Checkout } from '#cart/cart.ts';
import type { ChangeCart } from '#cart-changes.ts';
import * as input from '#cart/input.ts';
import { pricingContextOf } from '#pricing-context.ts';
import { cartError } from '#errors.ts';
import { type Asker, type CheckoutDeps, type Settled, settleCheckout } from './checkout.ts';
import { beginCheckout } from './decide.ts';

const body = z
  .strictObject({ shippingAddress: input.address.optional(), expectedVersion: input.expectedVersion })
  .nullish()
  .meta({
    example: {
      shippingAddress: { line1: '1 Harbour Street', city: 'Lisbon', postalCode: '1100-001', country: 'PT' },
    },
  });

/** The order service's own reply, passed on as it came. */
const order = z
  .looseObject({
    orderId: z.string(),
    status: z.string(),
    userId: z.string(),
    totalAmount: z.string(),
    currency: z.string(),
    items: z.array(z.looseObject({ productId: z.string(), qty: z.int(), price: z.string() })),
    version: z.int(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'CheckedOutOrder', description: 'The order, as POST /orders answers it' });

const locationOf = ({ orderId }: { orderId: string }): string => `/api/v1/orders/${orderId}`;

/** `POST /carts/{id}/checkout`: freeze the cart → ask for its order → close the cart, or open it again. */
export function registerCheckout(app: HttpApp, deps: CheckoutDeps & { readonly change: ChangeCart }): void {
  const settling = new Map<string, Promise<Settled>>();

  /** Who comes second waits for who began it, where that is in this process: ten clicks are one question. */
  function settle(cart: Cart, checkout: Checkout, asker: Asker, context: CommandContext): Promise<Settled> {
    const { attemptId } = checkout;
    const running = asker === 'another' ? settling.get(attemptId) : undefined;
    if (running) return running;
    const own = settleCheckout(deps, cart, checkout, asker, context).finally(() => {
      if (settling.get(attemptId) === own) settling.delete(attemptId);
    });
    settling.set(attemptId, own);
    return own;
  }

  app.route({
    method: 'POST',
    url: '/api/v1/carts/:cartId/checkout',
    config: { access: shoppers, permission: 'carts:write', idempotency: 'accepted', locationOf },
    schema: {
      tags: ['carts'],
      summary: 'Order what is in a cart; refused as POST /orders is, and the cart then stays open',
      params: input.cartParams,
      headers: input.cartHeaders,
      body,
      response: { 201: order, 400: problem, 404: problem, 409: problem, 422: problem, 503: problem },
    },
    async handler(request, reply) {
      const caller = customerOf(request);
      const { cartId } = request.params;
      const expectedVersion = expectedVersionOf(request);
      const context = pricingContextOf(request, caller);
      const attemptId = newId();
      const key = request.idempotencyKey ?? null;
      const begin = (priced: boolean) =>
        deps.store.handle({
          cartIds: [cartId],
          context,
          decide(get, now) {
            const current = get(cartId);
            if (!current || !mayOpen(current, caller)) throw cartError('CART_NOT_FOUND');
            if (!priced && mayBeOutgrown(current)) return { decided: [], result: undefined };
            const begun = beginCheckout(current, {
              userId: caller.userId,
              segment: caller.segment,
              attemptId,
              correlationId: context.correlationId,
              reply: key,
              shippingAddress: request.body?.shippingAddress,
              expectedVersion,
              now,
            });
            return { decided: begun === current ? [] : [{ cart: begun, events: [] }], result: begun };
          },
        });
      let cart = await begin(false);
      if (!cart) {
        await deps.change({ cartId, caller, context, apply: (same) => same, idempotencyKey: undefined });
        cart = await begin(true);
      }
      failpoint('checkout.begun');
      const checkout = cart?.checkout;
      if (!cart || !checkout) throw cartError('CART_NOT_FOUND');
      const began = checkout.attemptId === attemptId;
      const asker = began ? 'beginner' : 'another';
      const { answer } = await settle(cart, checkout, asker, context);
      if (answer.kind === 'refused') throw answer.refusal;
      if (answer.kind === 'unknown') throw cartError('CHECKOUT_UNSETTLED', { retryAfter: 2 });
      // A cart is checked out once: who came second finds it done.
      const mine = began || (key !== null && sameKey(checkout.reply, key));
      if (!mine) throw cartError('CART_CHECKED_OUT', { details: { orderId: answer.order.orderId } });
      const made = JSON.parse(answer.body) as z.infer<typeof order>;
      return reply
        .code(201)
        .header('location', locationOf(made))
        .header('etag', `"${made.version}"`)
        .send(made);
    },
  });
}

/** Its lines may have lost the currency that was asked for: pricing it once more finds out. */
const mayBeOutgrown = ({ currency, status }: Cart): boolean =>
  currency !== null && (status === 'OPEN' || status === 'ABANDONED');

interface Keyed {
  readonly principal: string;
  readonly key: string;
  readonly payloadHash: string;
}

const sameKey = (one: Keyed | null, other: Keyed): boolean =>
  one !== null &&
  one.principal === other.principal &&
  one.key === other.key &&
  one.payloadHash === other.payloadHash;
