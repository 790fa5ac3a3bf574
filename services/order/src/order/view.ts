import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import { type Status, statuses } from '#order/order.ts';
import type { AppliedRule, Line, Pricing } from '#order/pricing.ts';

const appliedRules = z
  .array(z.object({ kind: z.string(), ruleId: z.string(), name: z.string(), amount: z.string() }))
  .meta({ description: 'What set the price, and by how much each lowered it' });

/** An order as REST shows it. */
export const orderView = z
  .object({
    orderId: z.string(),
    status: z.enum(statuses),
    userId: z.string(),
    totalAmount: z.string(),
    currency: z.string(),
    items: z.array(
      z.object({
        productId: z.string(),
        sku: z.string().nullable(),
        qty: z.int(),
        listPrice: z.string().meta({ description: 'Of one piece before any rule' }),
        price: z.string().meta({ description: 'Of one piece, before discounts' }),
        total: z.string().meta({ description: 'Of the line, after discounts' }),
        appliedRules,
      }),
    ),
    discountAmount: z.string(),
    discountCodes: z.array(z.string()),
    appliedRules: appliedRules.meta({ description: 'Rules of the whole order; the lines include them' }),
    refundedAmount: z.string(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Until when it can be paid; null once that is over' }),
  })
  .meta({
    id: 'Order',
    example: {
      orderId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227',
      status: 'PENDING',
      userId: 'USER-9',
      totalAmount: '129.50',
      currency: 'USD',
      items: [
        {
          ...{ productId: 'P1', sku: 'SKU-1', qty: 2, listPrice: '70.00', price: '64.75', total: '129.50' },
          appliedRules: [{ kind: 'FLASH_SALE', ruleId: 'S1', name: 'Friday', amount: '10.50' }],
        },
      ],
      discountAmount: '0.00',
      discountCodes: [],
      appliedRules: [],
      refundedAmount: '0.00',
      version: 1,
      createdAt: '2026-11-21T08:00:00.000Z',
      expiresAt: '2026-11-21T08:15:00.000Z',
    },
  });
export type OrderView = z.infer<typeof orderView>;

/** What both the folded order and its stored row know. */
export interface OrderFacts {
  readonly orderId: string;
  readonly userId: string;
  readonly status: Status;
  readonly currency: string;
  readonly total: bigint;
  readonly refunded: bigint;
  readonly lines: readonly Line[];
  readonly pricing: Pricing;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export function viewOf(order: OrderFacts, version: number): OrderView {
  const { orderId, userId, status, currency, pricing } = order;
  const shown = (rules: readonly AppliedRule[]) =>
    rules.map((rule) => ({ ...rule, amount: formatAmount(rule.amount, currency) }));
  return {
    orderId,
    status,
    userId,
    totalAmount: formatAmount(order.total, currency),
    currency,
    items: order.lines.map(({ productId, sku, qty, listPrice, price, total, rules }) => ({
      productId,
      sku,
      qty,
      listPrice: formatAmount(listPrice, currency),
      price: formatAmount(price, currency),
      total: formatAmount(total, currency),
      appliedRules: shown(rules),
    })),
    discountAmount: formatAmount(pricing.discount, currency),
    discountCodes: [...pricing.codes],
    appliedRules: shown(pricing.rules),
    refundedAmount: formatAmount(order.refunded, currency),
    version,
    createdAt: order.createdAt.toISOString(),
    expiresAt: status === 'PENDING' ? order.expiresAt.toISOString() : null,
  };
}
