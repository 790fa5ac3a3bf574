import type { CopyReads } from '@tradewind/cache/versioned-copies.ts';
import { inventoryGraphql } from '@tradewind/contracts/generated/graphql/inventory.ts';
import { partLoader } from '@tradewind/graphql/part-loader.ts';
import { serveSubgraph } from '@tradewind/graphql/subgraph.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import type { SnapshotsOf } from '#read-snapshot/snapshots.ts';
import type { InventoryContext } from './context.ts';
import { resolvers } from './resolvers.ts';

/** The inventory part of the graph. */
export function registerGraphql(
  app: HttpApp,
  { snapshots, cache, introspection }: { snapshots: SnapshotsOf; cache: CopyReads; introspection: boolean },
): void {
  serveSubgraph<InventoryContext>(app, {
    sdl: inventoryGraphql,
    resolvers,
    introspection,
    contextOf: (caller) => ({
      ...caller,
      snapshots: partLoader(caller.storeId, cache, snapshots),
    }),
  });
}
