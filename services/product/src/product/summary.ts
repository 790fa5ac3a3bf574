import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';

/** A row of the list, as the queries select it. */
export interface SummaryRow {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly priceMinor: bigint;
  readonly currency: string;
  readonly categoryId: string | null;
  readonly status: 'ACTIVE' | 'ARCHIVED';
  readonly image: string | null;
  readonly available: number;
  readonly inventoryStatus: 'IN_STOCK' | 'LOW' | 'OUT';
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A product in a list or a search result. */
export const summaryBody = z
  .object({
    productId: z.string(),
    sku: z.string(),
    name: z.string(),
    price: z.string(),
    currency: z.string(),
    categoryId: z.string().nullable(),
    status: z.enum(['ACTIVE', 'ARCHIVED']),
    image: z.string().nullable(),
    available: z.int().meta({ description: 'pieces for sale over all locations' }),
    inventoryStatus: z.enum(['IN_STOCK', 'LOW', 'OUT']),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ProductSummary' });

export const exampleSummary = {
  productId: '019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a34',
  sku: 'MUG-RED',
  name: 'Red mug',
  price: '12.50',
  currency: 'USD',
  categoryId: 'kitchen',
  status: 'ACTIVE',
  image: 'https://cdn.example.com/mug-red.jpg',
  available: 42,
  inventoryStatus: 'IN_STOCK',
  version: 1,
  createdAt: '2026-01-15T09:30:00.000Z',
  updatedAt: '2026-01-15T09:30:00.000Z',
} as const;

export function summaryOf(row: SummaryRow) {
  const { priceMinor, ...rest } = row;
  return {
    productId: rest.productId,
    sku: rest.sku,
    name: rest.name,
    price: formatAmount(BigInt(priceMinor), rest.currency),
    currency: rest.currency,
    categoryId: rest.categoryId,
    status: rest.status,
    image: rest.image,
    available: rest.available,
    inventoryStatus: rest.inventoryStatus,
    version: rest.version,
    createdAt: new Date(rest.createdAt).toISOString(),
    updatedAt: new Date(rest.updatedAt).toISOString(),
  };
}
