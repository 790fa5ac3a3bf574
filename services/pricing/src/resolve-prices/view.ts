import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import type { AppliedRule } from '#engine/request.ts';
import type { Resolution } from './request.ts';

const appliedRule = z.object({
  kind: z.enum(['PRICE_LIST', 'FLASH_SALE', 'PROMOTION', 'CODE', 'CURRENCY_RATE']),
  ruleId: z.string(),
  name: z.string(),
  amount: z.string().meta({ description: 'By how much it lowered the line, or the whole' }),
});

/** A priced request as REST shows it. */
export const resolutionView = z
  .object({
    currency: z.string(),
    lines: z.array(
      z.object({
        productId: z.string(),
        sku: z.string(),
        qty: z.int(),
        listPrice: z.string().meta({ description: 'Of one piece before any rule' }),
        price: z.string().meta({ description: 'Of one piece, before promotions and codes' }),
        total: z
          .string()
          .meta({ description: 'Of the line, after everything; the lines add up to totalAmount' }),
        appliedRules: z.array(appliedRule),
      }),
    ),
    totalAmount: z.string(),
    discountAmount: z.string(),
    freeShipping: z.boolean(),
    appliedRules: z
      .array(appliedRule)
      .meta({ description: 'What concerns the whole; its amounts are in the lines already' }),
    validUntil: z.iso.datetime().nullable().meta({ description: 'When the first of its flash sales ends' }),
  })
  .meta({
    id: 'Resolution',
    example: {
      currency: 'USD',
      lines: [
        {
          ...{ productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', sku: 'MUG', qty: 2, listPrice: '12.90' },
          ...{ price: '9.90', total: '17.82' },
          appliedRules: [
            {
              kind: 'FLASH_SALE',
              ruleId: '01a1fca3-c02b-7d83-8f26-c90ea3a53228',
              name: 'Friday',
              amount: '6.00',
            },
          ],
        },
      ],
      totalAmount: '17.82',
      discountAmount: '1.98',
      freeShipping: false,
      appliedRules: [
        { kind: 'CODE', ruleId: '01a1fca3-c02b-7d83-8f26-c90ea3a53229', name: 'SPRING', amount: '1.98' },
      ],
      validUntil: '2026-11-27T23:00:00.000Z',
    },
  });

export function viewOf(resolution: Resolution): z.infer<typeof resolutionView> {
  const { currency, lines, totalMinor, discountMinor, freeShipping, orderRules, validUntil } = resolution;
  const shown = (rules: readonly AppliedRule[]) =>
    rules.map(({ amountMinor, ...rule }) => ({ ...rule, amount: formatAmount(amountMinor, currency) }));
  return {
    currency,
    lines: lines.map(({ productId, sku, qty, listMinor, priceMinor, totalMinor: total, rules }) => ({
      productId,
      sku,
      qty,
      listPrice: formatAmount(listMinor, currency),
      price: formatAmount(priceMinor, currency),
      total: formatAmount(total, currency),
      appliedRules: shown(rules),
    })),
    totalAmount: formatAmount(totalMinor, currency),
    discountAmount: formatAmount(discountMinor, currency),
    freeShipping,
    appliedRules: shown(orderRules),
    validUntil: validUntil === undefined ? null : new Date(validUntil).toISOString(),
  };
}
