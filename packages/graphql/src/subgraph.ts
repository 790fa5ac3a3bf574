import { buildSubgraphSchema } from '@apollo/subgraph';
import type { FastifyRequest } from 'fastify';
import { type GraphQLSchema, parse } from 'graphql';
import { type Access, storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { mayCall } from '@tradewind/service/may-call.ts';
import type { Needed } from '@tradewind/service/permissions.ts';
import { type Principal, unauthenticated } from '@tradewind/service/principal.ts';
import { LIMITS, type Limits } from './limits.ts';
import { type Rest, restOf } from './rest.ts';
import { serveGraphql } from './serve.ts';

/** What every resolver knows of its request. */
export interface Caller {
  /** The tenant: the token's, or on public fields the one of `?store=`. */
  readonly storeId: string;
  readonly principal: Principal | undefined;
  readonly rest: Rest;
}

/** A field's function: parent, arguments, context. */
export type Resolver<Context> = (parent: never, args: never, context: Context) => unknown;

export type Resolvers<Context> = Readonly<
  Record<
    string,
    Readonly<Record<string, Resolver<Context> | ((reference: never, context: Context) => unknown)>>
  >
>;

export interface Subgraph<Context> {
  /** The service's schema, as `@tradewind/contracts` has it. */
  readonly sdl: string;
  readonly resolvers: Resolvers<Context>;
  readonly introspection: boolean;
  /** Adds the service's own (loaders) to what is known of a request. */
  contextOf(caller: Caller): Context;
}

/**
 * The gateway puts what it asks for at the same moment into one document, under aliases, with `_entities` around it. What
 * clients may ask for is limited there; here only what it could have made of that.
 */
const WITHIN: Limits = {
  tokens: 10 * LIMITS.tokens,
  depth: LIMITS.depth + 2,
  aliases: 10 * LIMITS.aliases,
  cost: 2 * LIMITS.cost,
};

export function schemaOf<Context>(sdl: string, resolvers: Resolvers<Context>): GraphQLSchema {
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
}

/** Mounts a service's part of the graph beside its REST routes. */
export function serveSubgraph<Context>(app: HttpApp, subgraph: Subgraph<Context>): void {
  const { sdl, resolvers, introspection, contextOf } = subgraph;
  serveGraphql<Context>(app, {
    schema: schemaOf(sdl, resolvers),
    limits: WITHIN,
    introspection,
    contextOf: (request: FastifyRequest) =>
      contextOf({ storeId: storeOf(request), principal: request.principal, rest: restOf(app, request) }),
  });
}

/**
 * The caller of a field that is not public, under the rules that its REST route has.
 * @throws DomainError UNAUTHENTICATED, FORBIDDEN
 */
export function callerOf({ principal }: Caller, access: Access, permission: Needed): Principal {
  if (!principal) throw unauthenticated('send a bearer token');
  const refused = mayCall(principal, access, permission);
  if (refused) throw refused;
  return principal;
}
