import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { asOf, endOfPast } from '@tradewind/service/as-of.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { inventoryError } from '#errors.ts';
import { inventorySnapshot } from '#projections/inventory-snapshot.ts';
import { pastSnapshotOf, stockAsOf } from '#past-stock/query.ts';
import * as input from '#stock/input.ts';
import type { SnapshotsOf } from './snapshots.ts';

const levels = { onHand: z.int(), reserved: z.int(), available: z.int() };
const snapshotBody = z
  .object({
    productId: z.string(),
    ...levels,
    stores: z.array(z.object({ storeId: z.string(), ...levels, version: z.int() })),
  })
  .meta({
    id: 'InventorySnapshot',
    example: {
      ...{ productId: '01a1fcc8-8a73-7d2a-a056-c52d0c61d60c', onHand: 40, reserved: 3, available: 37 },
      stores: [{ storeId: 'STORE-1', onHand: 40, reserved: 3, available: 37, version: 9 }],
    },
  });

export function registerReadSnapshot(app: HttpApp, db: Database, snapshots: SnapshotsOf): void {
  app.get(
    '/api/v1/inventory/:productId/snapshot',
    {
      config: { access: 'authenticated', permission: 'inventory:read', reads: inventorySnapshot },
      schema: {
        tags: ['stock'],
        summary:
          'Central view of a product over all locations, as far as the events have arrived; or as it was, from the ledger',
        params: z.object({ productId: input.productId }),
        querystring: z.object({ asOf }),
        response: {
          200: snapshotBody,
          400: problem,
          401: problem,
          404: problem,
        },
      },
    },
    async (request) => {
      const tenant = principalOf(request).storeId;
      const { productId } = request.params;
      const time = request.query.asOf;
      if (time !== undefined) {
        const rows = await stockAsOf(db, tenant, endOfPast(time), { productId });
        if (rows.length === 0) throw inventoryError('PRODUCT_NOT_FOUND');
        const past = pastSnapshotOf(productId, rows);
        return { ...past, stores: [...past.stores] };
      }
      const snapshot = (await snapshots(tenant, [productId])).get(productId)?.body;
      if (!snapshot) throw inventoryError('PRODUCT_NOT_FOUND');
      return { ...snapshot, stores: [...snapshot.stores] };
    },
  );
}
