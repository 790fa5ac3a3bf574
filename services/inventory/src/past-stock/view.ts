import { z } from 'zod';
import type { PastStock } from './query.ts';

const pastLevels = { onHand: z.int(), reserved: z.int(), available: z.int() };
const pastExample = { onHand: 41, reserved: 2, available: 39 };

/** A stock of the past: what keeps no history (version, reorder point) is not there. */
export const pastStockBody = z
  .object({
    sku: z.string(),
    storeId: z.string().meta({ description: 'The location' }),
    productId: z.string(),
    ...pastLevels,
    asOf: z.iso.datetime(),
  })
  .meta({
    id: 'PastStock',
    example: {
      ...{ sku: 'MUG-RED', storeId: 'STORE-1', productId: '01a1fcc8-8a73-7d2a-a056-c52d0c61d60c' },
      ...{ ...pastExample, asOf: '2026-11-21T06:41:03.558Z' },
    },
  });

export const pastSnapshotBody = z
  .object({
    productId: z.string(),
    ...pastLevels,
    stores: z.array(z.object({ storeId: z.string(), ...pastLevels })),
    asOf: z.iso.datetime(),
  })
  .meta({
    id: 'PastInventorySnapshot',
    example: {
      ...{ productId: '01a1fcc8-8a73-7d2a-a056-c52d0c61d60c', ...pastExample },
      ...{ stores: [{ storeId: 'STORE-1', ...pastExample }], asOf: '2026-11-21T06:41:03.558Z' },
    },
  });

const levelsIn = (rows: readonly PastStock[]) => {
  const onHand = rows.reduce((sum, row) => sum + row.onHand, 0);
  const reserved = rows.reduce((sum, row) => sum + row.reserved, 0);
  return { onHand, reserved, available: onHand - reserved };
};

export const pastStockOf = (row: PastStock, asOf: string): z.infer<typeof pastStockBody> => ({
  ...{ sku: row.sku, storeId: row.storeId, productId: row.productId },
  ...{ ...levelsIn([row]), asOf: new Date(asOf).toISOString() },
});

/** The rows are one product's. */
export const pastSnapshotOf = (
  productId: string,
  rows: readonly PastStock[],
  asOf: string,
): z.infer<typeof pastSnapshotBody> => ({
  ...{ productId, ...levelsIn(rows) },
  stores: Array.from(
    Map.groupBy(rows, ({ storeId }) => storeId),
    ([storeId, stocks]) => ({ storeId, ...levelsIn(stocks) }),
  ),
  asOf: new Date(asOf).toISOString(),
});
