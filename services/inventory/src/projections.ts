import { inventorySnapshot } from '#projections/inventory-snapshot.ts';

/** What `tw replay` can rebuild. */
export const projections = [inventorySnapshot];
