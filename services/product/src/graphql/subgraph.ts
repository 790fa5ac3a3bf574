import type { CopyReads } from '@tradewind/cache/versioned-copies.ts';
import { productGraphql } from '@tradewind/contracts/generated/graphql/product.ts';
import { partLoader } from '@tradewind/graphql/part-loader.ts';
import { serveSubgraph } from '@tradewind/graphql/subgraph.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { findProducts } from '#get-product/find-products.ts';
import type { ProductContext } from './context.ts';
import { resolvers } from './resolvers.ts';

/** The product part of the graph. */
export function registerGraphql(
  app: HttpApp,
  { db, cache, introspection }: { db: Database; cache: CopyReads; introspection: boolean },
): void {
  serveSubgraph<ProductContext>(app, {
    sdl: productGraphql,
    resolvers,
    introspection,
    contextOf: (caller) => ({
      ...caller,
      products: partLoader(caller.storeId, cache, (storeId, ids) => findProducts(db, storeId, ids)),
    }),
  });
}
