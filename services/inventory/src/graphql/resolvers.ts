import { callerOf } from '@tradewind/graphql/subgraph.ts';
import { inventoryError } from '#errors.ts';
import type { SnapshotBody } from '#read-snapshot/snapshots.ts';
import type { InventoryContext } from './context.ts';
import { pathOf, reservationAt, type StockPlace, stockMutations } from './mutations.ts';

interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}
interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const page =
  <Item>(path: string) =>
  (_: unknown, { first, after }: PageArguments, { rest }: InventoryContext) =>
    rest<Page<Item>>('GET', path, { query: { limit: first, cursor: after } });

const reorder = page<{ readonly suggestedQty: number }>('/api/v1/inventory/reorder');

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
    stock: (_: unknown, place: StockPlace, { rest }: InventoryContext) => rest('GET', pathOf(place)),
    reservation: (_: unknown, { id }: { id: string }, { rest }: InventoryContext) =>
      rest('GET', reservationAt(id)),
    lowStock: page('/api/v1/inventory/low-stock'),
    async reorder(_: unknown, args: PageArguments, context: InventoryContext) {
      const { items, nextCursor } = await reorder(_, args, context);
      return { items: items.map((stock) => ({ stock, suggestedQty: stock.suggestedQty })), nextCursor };
    },
  },
  Mutation: stockMutations,
  Product: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    inventory: ({ id }: { id: string }, _: unknown, { snapshots }: InventoryContext) => snapshots.load(id),
  },
  ReservationLine: {
    product: ({ productId }: { productId: string }) => ({ id: productId }),
  },
  InventoryInfo: {
    onHand: behindToken('onHand'),
    reserved: behindToken('reserved'),
    stores: behindToken('stores'),
  },
};
