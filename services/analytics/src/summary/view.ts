import { z } from 'zod';
import type { SummaryRow } from './rows.ts';

const currency = z.object({
  ...{ currency: z.string(), gross: z.string(), refunded: z.string(), net: z.string() },
  ...{ ordersCreated: z.int(), ordersPaid: z.int(), ordersCanceled: z.int(), ordersExpired: z.int() },
  ...{ refunds: z.int(), unitsSold: z.int(), customers: z.int() },
  averageOrder: z.string().nullable().meta({ description: 'of paid orders, rounded down; null without any' }),
});
const product = z.object({
  ...{ productId: z.string(), sku: z.string().nullable(), name: z.string().nullable() },
  ...{ currency: z.string(), qty: z.int(), amount: z.string() },
});
const example = {
  ...{ date: '2026-11-20', revision: 1, readyAt: '2026-11-21T00:00:35.120Z' },
  ...{ computedAt: '2026-11-21T00:00:35.120Z', watermark: '2026-11-21T00:00:34.980Z' },
  digest: '0d1f3c6c3b0b6a1f5b0e5a3e64b1f0a5b7c2f4d2c1b0a9e8d7c6b5a493827160',
  currencies: [
    {
      ...{ currency: 'USD', gross: '259.00', refunded: '20.00', net: '239.00' },
      ...{ ordersCreated: 3, ordersPaid: 2, ordersCanceled: 0, ordersExpired: 1 },
      ...{ refunds: 1, unitsSold: 4, customers: 2, averageOrder: '129.50' },
    },
  ],
  topProducts: [
    { productId: 'P-1', sku: 'COMPASS', name: 'Compass', currency: 'USD', qty: 4, amount: '259.00' },
  ],
};

export const summaryView = z
  .object({
    date: z.iso.date(),
    revision: z.int().meta({ description: 'grows when events of the day came after its summary' }),
    readyAt: z.iso.datetime().meta({ description: 'when the day was first told' }),
    computedAt: z.iso.datetime().meta({ description: 'when this revision was made' }),
    watermark: z.iso.datetime().meta({ description: 'how far the input was' }),
    digest: z.string().meta({ description: 'the same for the same figures' }),
    currencies: z.array(currency),
    topProducts: z.array(product).meta({ description: 'at most ten of each currency' }),
  })
  .meta({ id: 'SalesSummary', example });

export const summaryPage = z
  .object({ items: z.array(summaryView), nextCursor: z.string().nullable() })
  .meta({ id: 'SalesSummaryPage', example: { items: [example], nextCursor: null } });

export const viewOf = (row: SummaryRow): z.infer<typeof summaryView> => ({
  date: row.day,
  revision: row.revision,
  readyAt: row.readyAt.toISOString(),
  computedAt: row.computedAt.toISOString(),
  watermark: row.watermark.toISOString(),
  digest: row.digest,
  currencies: [...row.summary.currencies],
  topProducts: [...row.summary.topProducts],
});
