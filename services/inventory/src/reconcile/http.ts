import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { findDrift } from './drift.ts';

const drift = z.object({
  storeId: z.string(),
  sku: z.string(),
  productId: z.string(),
  onHand: z.int(),
  ledgerOnHand: z.int(),
  reserved: z.int(),
  heldReserved: z.int(),
});

export function registerDrift(app: HttpApp, db: Database): void {
  app.get(
    '/api/v1/inventory/drift',
    {
      config: { access: ['MERCHANT', 'ADMIN', 'SERVICE'], permission: 'inventory:read' },
      schema: {
        tags: ['stock'],
        summary: 'Stock that its ledger or its reservations tell differently; empty when all is well',
        response: {
          200: z
            .object({ checked: z.int(), items: z.array(drift) })
            .meta({ example: { checked: 1_000, items: [] } }),
          401: problem,
          403: problem,
        },
      },
    },
    (request) => findDrift(db, principalOf(request).storeId),
  );
}
