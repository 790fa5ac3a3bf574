import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import { freshness } from '#input.ts';
import { isFinal, lengthOf, type WindowSize } from '#windows/window.ts';
import type { RevenueRow } from './query.ts';

const figures = {
  currency: z.string(),
  gross: z.string().meta({ description: 'paid in this time' }),
  net: z.string().meta({ description: 'gross, less what went back in this time' }),
  refunded: z.string(),
  orders: z.int().meta({ description: 'orders paid' }),
  refunds: z.int(),
  canceled: z.int().meta({ description: 'orders canceled, paid or not' }),
  lateEvents: z.int().meta({ description: 'that came after the window was final' }),
  final: z.boolean().meta({ description: 'nothing of it is expected any more' }),
};
const example = {
  ...{ currency: 'USD', gross: '129.50', net: '109.50', refunded: '20.00' },
  ...{ orders: 1, refunds: 1, canceled: 0, lateEvents: 0, final: true },
};
const fresh = { asOf: '2026-11-20T12:01:31.000Z', watermark: '2026-11-20T12:01:30.500Z' };

export const revenuePage = z
  .object({
    items: z.array(z.object({ windowStart: z.iso.datetime(), windowEnd: z.iso.datetime(), ...figures })),
    nextCursor: z.string().nullable(),
    ...freshness,
  })
  .meta({
    id: 'RevenuePage',
    example: {
      items: [{ windowStart: '2026-11-20T12:00:00.000Z', windowEnd: '2026-11-20T12:01:00.000Z', ...example }],
      ...{ nextCursor: null, ...fresh },
    },
  });

export const dailyRevenuePage = z
  .object({
    items: z.array(z.object({ date: z.iso.date(), ...figures })),
    nextCursor: z.string().nullable(),
    ...freshness,
  })
  .meta({
    id: 'DailyRevenuePage',
    example: { items: [{ date: '2026-11-20', ...example }], nextCursor: null, ...fresh },
  });

export function figuresOf(
  row: RevenueRow,
  size: WindowSize,
  watermark: number | undefined,
  latenessMs: number,
) {
  const { currency, gross, refunded } = row;
  return {
    currency,
    gross: formatAmount(gross, currency),
    net: formatAmount(gross - refunded, currency),
    refunded: formatAmount(refunded, currency),
    orders: Number(row.orders),
    refunds: Number(row.refunds),
    canceled: Number(row.canceled),
    lateEvents: Number(row.late),
    final: watermark !== undefined && isFinal(size, row.start.getTime(), watermark, latenessMs),
  };
}

export const windowOf = ({ start }: Pick<RevenueRow, 'start'>, size: WindowSize) => ({
  windowStart: start.toISOString(),
  windowEnd: new Date(start.getTime() + lengthOf(size)).toISOString(),
});
