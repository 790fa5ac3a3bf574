import { cartGraphql } from '@tradewind/contracts/generated/graphql/cart.ts';
import { type Caller, serveSubgraph } from '@tradewind/graphql/subgraph.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { resolvers } from './resolvers.ts';

/** The cart part of the graph. */
export function registerGraphql(app: HttpApp, introspection: boolean): void {
  serveSubgraph<Caller>(app, {
    sdl: cartGraphql,
    resolvers,
    introspection,
    contextOf: (caller) => caller,
  });
}
