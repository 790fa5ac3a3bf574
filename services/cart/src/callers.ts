import type { FastifyInstance, FastifyRequest } from 'fastify';
import { storeOf } from '@tradewind/service/access.ts';
import { mayCall } from '@tradewind/service/may-call.ts';
import type { Caller } from '#cart/caller.ts';
import { readCartToken } from '#cart-token.ts';
import { cartError } from '#errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anybody may call it: it is how a cart without a login begins. */
    beginsCart?: boolean;
  }
  interface FastifyRequest {
    caller: Caller | undefined;
  }
}

const CART_TOKEN = 'cart-token';
export const shoppers = ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE'] as const;

/**
 * Says who calls a cart's route. A Cart-Token stands for a principal of its own where no login does, so that one
 * holder's Idempotency-Keys are not another's.
 */
export function registerCallers(app: FastifyInstance): void {
  app.decorateRequest('caller', undefined);
  // After the rate limit, which counts callers without a login by their address: tokens cost nothing to invent.
  app.addHook('preValidation', (request, _reply, done) => {
    if (!request.routeOptions.url?.startsWith('/api/v1/carts')) return done();
    try {
      request.caller = identify(request);
      return done();
    } catch (error) {
      return done(error as Error);
    }
  });
}

function identify(request: FastifyRequest): Caller {
  const given = request.headers[CART_TOKEN];
  const token = typeof given === 'string' ? readCartToken(given) : undefined;
  const { principal } = request;
  if (principal) {
    const refusal = mayCall(principal, shoppers, request.routeOptions.config.permission);
    if (refusal) throw refusal;
    const { storeId, sub, segment } = principal;
    const tokenHash = token?.storeId === storeId ? token.hash : undefined;
    return { storeId, userId: sub, tokenHash, segment };
  }
  const none = { roles: [], permissions: [] };
  if (request.routeOptions.config.beginsCart) {
    const storeId = storeOf(request);
    request.principal = { sub: 'anonymous', storeId, ...none };
    return { storeId, userId: undefined, tokenHash: undefined, segment: undefined };
  }
  if (given === undefined) throw cartError('UNAUTHENTICATED');
  if (!token) throw cartError('CART_NOT_FOUND');
  request.principal = { sub: `cart-token ${token.hash}`, storeId: token.storeId, ...none };
  return { storeId: token.storeId, userId: undefined, tokenHash: token.hash, segment: undefined };
}

export function callerOf(request: FastifyRequest): Caller {
  if (!request.caller) throw cartError('UNAUTHENTICATED');
  return request.caller;
}

/** The customer who calls a route that asks for a login. */
export function customerOf(request: FastifyRequest): Caller & { readonly userId: string } {
  const caller = callerOf(request);
  if (caller.userId === undefined) throw cartError('UNAUTHENTICATED', { message: 'send a bearer token' });
  return { ...caller, userId: caller.userId };
}
