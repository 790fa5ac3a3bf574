import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { MAX_MINOR } from '@tradewind/kernel/money.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { itemsOf, type MaybeOrder } from '#order/order.ts';
import { type Line, type Pricing, ruleRecords, totalOf } from '#order/pricing.ts';

export interface PlaceOrder {
  readonly orderId: string;
  readonly userId: string;
  readonly currency: string;
  readonly lines: readonly Line[];
  readonly pricing: Pricing;
  readonly reservationId: string;
  readonly now: Date;
  /** How long the stock is held for the payment, in ms. */
  readonly payWithinMs: number;
}

export function placeOrder(order: MaybeOrder, command: PlaceOrder): OrderEvent[] {
  if (order) return [];
  const { orderId, userId, currency, lines, pricing, reservationId, now, payWithinMs } = command;
  const total = totalOf(lines);
  if (total > MAX_MINOR) throw orderError('AMOUNT_TOO_LARGE');
  return [
    {
      type: 'ecommerce.order.order.created.v1',
      payload: {
        orderId,
        userId,
        totalAmount: toDecimal(total, currency),
        currency,
        items: itemsOf({ lines, currency }),
        expiresAt: new Date(now.getTime() + payWithinMs),
        reservationId,
        discountCodes: [...pricing.codes],
        status: 'PENDING',
        createdAt: now,
        discountAmount: toDecimal(pricing.discount, currency),
        appliedRules: ruleRecords(pricing.rules, currency),
      },
    },
  ];
}
