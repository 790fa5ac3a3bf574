import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '#callers.ts';
import type { ChangeCart, CartChange } from '#cart-changes.ts';
import { pricingContextOf } from '#pricing-context.ts';
import { cartView } from '#cart/view.ts';

/** What every change of a cart may be answered with. */
export const changeReplies = {
  200: cartView,
  400: problem,
  401: problem,
  403: problem,
  404: problem,
  409: problem,
  422: problem,
  503: problem,
};

export interface Asked extends Pick<CartChange, 'demands'> {
  apply(
    cart: Parameters<CartChange['apply']>[0],
    at: { readonly now: Date; readonly expectedVersion: number | undefined },
  ): ReturnType<CartChange['apply']>;
}

/** Carries out a change that a request asks for, and answers the cart as it is then. */
export async function answerChange(
  request: FastifyRequest,
  reply: FastifyReply,
  change: ChangeCart,
  { apply, demands }: Asked,
): Promise<void> {
  const caller = callerOf(request);
  const expectedVersion = expectedVersionOf(request);
  const { cartId } = request.params as { cartId: string };
  const view = await change({
    cartId,
    caller,
    context: pricingContextOf(request, caller),
    apply: (cart, now) => apply(cart, { now, expectedVersion }),
    ...(demands ? { demands } : {}),
    idempotencyKey: request.idempotencyKey,
  });
  await reply.header('etag', `"${view.version}"`).send(view);
}
