import { z } from 'zod';
import { availableIn, type Reservation, reservationStates, type StockRow } from './stock.ts';

/** A stock as clients see it. */
export const stockBody = z
  .object({
    sku: z.string(),
    storeId: z.string().meta({ description: 'The location' }),
    productId: z.string(),
    onHand: z.int(),
    reserved: z.int(),
    available: z.int(),
    version: z.int(),
    reorderPoint: z.int().nullable(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: 'Stock',
    example: {
      ...{ sku: 'MUG-RED', storeId: 'STORE-1', productId: '01a1fcc8-8a73-7d2a-a056-c52d0c61d60c' },
      ...{ onHand: 40, reserved: 3, available: 37, version: 9, reorderPoint: 10 },
      updatedAt: '2026-11-21T06:41:03.558Z',
    },
  });

export const bodyOf = (row: StockRow): z.infer<typeof stockBody> => ({
  sku: row.sku,
  storeId: row.storeId,
  productId: row.productId,
  onHand: row.onHand,
  reserved: row.reserved,
  available: availableIn(row),
  version: row.version,
  reorderPoint: row.reorderPoint,
  updatedAt: row.updatedAt.toISOString(),
});

export const etagOf = (version: number): string => `"${version}"`;

const lineBody = z.object({ productId: z.string(), sku: z.string(), storeId: z.string(), qty: z.int() });

const reservationFields = {
  reservationId: z.string(),
  orderId: z.string().nullable(),
  state: z.enum(reservationStates),
  expiresAt: z.iso.datetime().nullable().meta({ description: 'null: held without end' }),
  lines: z.array(lineBody),
};

const reservationExample = {
  reservationId: '01a1fcc8-8a73-7d2a-a056-c52d0c61d60c',
  orderId: null,
  state: 'HELD' as const,
  expiresAt: '2026-11-21T06:41:03.558Z',
  lines: [{ productId: '01a1fcc8-8a73-7d2a-a056-c52d0c61d60c', sku: 'MUG-RED', storeId: 'STORE-1', qty: 3 }],
};

/** A reservation as clients see it. */
export const reservationBody = z
  .object(reservationFields)
  .meta({ id: 'Reservation', example: reservationExample });

export const reservationOf = ({ reservationId, orderId, state, expiresAt, lines }: Reservation) => ({
  reservationId,
  orderId,
  state,
  expiresAt: expiresAt?.toISOString() ?? null,
  lines: [...lines],
});
