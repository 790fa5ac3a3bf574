import type { FastifyInstance, FastifyRequest } from 'fastify';
import { mayCall } from './may-call.ts';
import type { Needed } from './permissions.ts';
import { type Principal, type Role, unauthenticated } from './principal.ts';
import type { TokenVerifier } from './tokens.ts';

/** Tenant of callers without a token. */
export const DEFAULT_STORE = 'STORE-1';

/**
 * Who may call a route. `public`: anybody (a token, if sent, must be good and names the tenant); `authenticated`: any
 * good token; roles: one of them. Every route must say.
 */
export type Access = 'public' | 'authenticated' | readonly Role[];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** What a token that is limited to some permissions must have. Routes without one are closed to such tokens. */
    permission?: Needed;
    /** `always`: let in also while events get too old: what only reads, and what ends work that was begun. */
    admission?: 'always';
  }
  interface FastifyRequest {
    /** Undefined on public routes called without a token. */
    principal: Principal | undefined;
  }
}

/** What operators and machines ask looks at no token: a bad one must not make a service seem ill. */
const OPERATIONS = /^\/(health\/|metrics|openapi\.json|\.well-known\/)/;

/** Authenticates and checks the route's roles and permission before the body is read. */
export function registerAccess(app: FastifyInstance, tokens: TokenVerifier): void {
  app.decorateRequest('principal', undefined);
  app.addHook('onRoute', (route) => {
    if (route.method === 'HEAD' || route.method === 'OPTIONS') return;
    if (!route.config?.access)
      throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`);
    if (route.config.access !== 'public') {
      route.schema = { security: [{ bearer: [] }], ...route.schema };
    }
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { access = 'public', permission } = request.routeOptions.config;
    const header = request.headers.authorization;
    if (header === undefined || (access === 'public' && OPERATIONS.test(request.url))) {
      done(access === 'public' ? undefined : unauthenticated('send a bearer token'));
      return;
    }
    if (!/^bearer /i.test(header)) {
      done(unauthenticated('the authorization header holds no bearer token'));
      return;
    }
    const settle = (principal: Principal): void => {
      request.principal = principal;
      done(mayCall(principal, access, permission));
    };
    try {
      const verified = tokens.verify(header.slice(7));
      if (verified instanceof Promise) verified.then(settle, done);
      else settle(verified);
    } catch (error) {
      done(error as Error);
    }
  });
}

/** The caller of a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw unauthenticated('send a bearer token');
  return request.principal;
}

/** The tenant of a request: the token's, or on public routes the one that `?store=` names. */
export function storeOf(request: FastifyRequest): string {
  if (request.principal) return request.principal.storeId;
  const { store } = request.query as { store?: unknown };
  return typeof store === 'string' && store !== '' ? store : DEFAULT_STORE;
}
