import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import type { Product } from './product.ts';

const example = {
  productId: '019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a34',
  sku: 'MUG-RED',
  name: 'Red mug',
  description: 'Holds 300 ml',
  price: '12.50',
  currency: 'USD',
  categoryId: 'kitchen',
  attributes: { color: 'red' },
  images: ['https://cdn.example.com/mug-red.jpg'],
  status: 'ACTIVE',
  version: 1,
  createdAt: '2026-01-15T09:30:00.000Z',
  updatedAt: '2026-01-15T09:30:00.000Z',
} as const;

/** A product on the wire. */
export const productBody = z
  .object({
    productId: z.string(),
    sku: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    price: z.string().meta({ description: 'decimal string in `currency`' }),
    currency: z.string(),
    categoryId: z.string().nullable(),
    attributes: z.record(z.string(), z.string()),
    images: z.array(z.string()),
    status: z.enum(['ACTIVE', 'ARCHIVED']),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Product', example });

export type ProductBody = z.infer<typeof productBody>;

export function bodyOf(product: Product): ProductBody {
  return {
    productId: product.productId,
    sku: product.sku,
    name: product.name,
    description: product.description,
    price: formatAmount(product.priceMinor, product.currency),
    currency: product.currency,
    categoryId: product.categoryId,
    attributes: { ...product.attributes },
    images: [...product.images],
    status: product.status,
    version: product.version,
    createdAt: product.createdAt.toISOString(),
    updatedAt: product.updatedAt.toISOString(),
  };
}

export const etagOf = (version: number): string => `"${version}"`;
