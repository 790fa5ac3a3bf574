import { callerOf } from '@tradewind/graphql/subgraph.ts';
import { inventoryError } from '#errors.ts';
import type { SnapshotBody } from '#projections/inventory-snapshot.ts';
import type { InventoryContext } from './context.ts';
import { stockMutations } from './mutations.ts';

/** As in REST: lists of products tell everybody what is for sale, the levels behind it need a token. */
const behindToken =
  <Name extends 'onHand' | 'reserved' | 'stores'>(name: Name) =>
  (snapshot: SnapshotBody, _: unknown, context: InventoryContext): SnapshotBody[Name] => {
    callerOf(context, 'authenticated', 'inventory:read');
    return snapshot[name];
  };

export const resolvers = {
  Query: {
    async productInventory(_: unknown, { id }: { id: string }, { snapshots }: InventoryContext) {
      const snapshot = await snapshots.load(id);
      if (!snapshot) throw inventoryError('PRODUCT_NOT_FOUND');
      return snapshot;
    },
  },
  Mutation: stockMutations,
  Product: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    inventory: ({ id }: { id: string }, _: unknown, { snapshots }: InventoryContext) => snapshots.load(id),
  },
  InventoryInfo: {
    onHand: behindToken('onHand'),
    reserved: behindToken('reserved'),
    stores: behindToken('stores'),
  },
};
