import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import { formatPercent } from '#percent.ts';
import type { Sale } from './decide.ts';

const example = {
  saleId: '01a1fca3-c02b-7d83-8f26-c90ea3a53228',
  name: 'Friday',
  productIds: ['01a1fca3-c02b-7d83-8f26-c90ea3a53227'],
  discountPercent: '25',
  price: null,
  currency: null,
  status: 'SCHEDULED' as const,
  startsAt: '2026-11-27T08:00:00.000Z',
  endsAt: '2026-11-27T23:00:00.000Z',
  endedAt: null,
  version: 1,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
};

export const saleStatus = z.enum(['SCHEDULED', 'ACTIVE', 'ENDED']);

/** A flash sale as REST shows it. */
export const saleView = z
  .object({
    saleId: z.string(),
    name: z.string().nullable(),
    productIds: z.array(z.string()),
    discountPercent: z.string().nullable(),
    price: z.string().nullable().meta({ description: 'Of one piece' }),
    currency: z.string().nullable(),
    status: saleStatus,
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'FlashSale', example });

export const salePage = z
  .object({ items: z.array(saleView), nextCursor: z.string().nullable() })
  .meta({ id: 'FlashSalePage', example: { items: [example], nextCursor: null } });

export function viewOf({ price, ...sale }: Sale): z.infer<typeof saleView> {
  const { saleId, name, status, version } = sale;
  return {
    ...{ saleId, name, status, version },
    productIds: [...sale.productIds],
    discountPercent: 'basisPoints' in price ? formatPercent(price.basisPoints) : null,
    price: 'currency' in price ? formatAmount(price.unitMinor, price.currency) : null,
    currency: 'currency' in price ? price.currency : null,
    startsAt: sale.startsAt.toISOString(),
    endsAt: sale.endsAt.toISOString(),
    endedAt: sale.endedAt?.toISOString() ?? null,
    createdAt: sale.createdAt.toISOString(),
    updatedAt: sale.updatedAt.toISOString(),
  };
}
