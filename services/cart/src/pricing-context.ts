import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import type { Caller } from '#cart/caller.ts';

/** The context of whatever asks for prices: they depend on who asks. */
export interface PricingContext extends CommandContext {
  readonly segment: string | undefined;
}

export const pricingContextOf = (
  request: FastifyRequest,
  { storeId, segment }: Pick<Caller, 'storeId' | 'segment'>,
): PricingContext => ({ ...contextOf(request, storeId), segment });
