import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { MAX_MINOR } from '@tradewind/kernel/money.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { itemsOf, type Line, type MaybeOrder } from '#order/order.ts';

export interface PlaceOrder {
  readonly orderId: string;
  readonly userId: string;
  readonly currency: string;
  readonly lines: readonly Line[];
  readonly reservationId: string;
  readonly now: Date;
  /** How long the stock is held for the payment, in ms. */
  readonly payWithinMs: number;
}

export const totalOf = (lines: readonly Pick<Line, 'qty' | 'price'>[]): bigint =>
  lines.reduce((sum, { qty, price }) => sum + BigInt(qty) * price, 0n);

export function placeOrder(order: MaybeOrder, command: PlaceOrder): OrderEvent[] {
  if (order) return [];
  const { orderId, userId, currency, lines, reservationId, now, payWithinMs } = command;
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
        discountCodes: [],
        status: 'PENDING',
        createdAt: now,
      },
    },
  ];
}
