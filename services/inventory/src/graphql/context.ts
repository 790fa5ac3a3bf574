import type { Caller } from '@tradewind/graphql/subgraph.ts';
import type { SnapshotBody } from '#read-snapshot/snapshots.ts';

export interface InventoryContext extends Caller {
  /** Central views of the caller's tenant, those of one moment in one query. */
  readonly snapshots: { load(productId: string): Promise<SnapshotBody | null> };
}
