import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder } from '#order/order.ts';

export interface Picked {
  readonly productId: string;
  readonly qty: number;
}

/** Everything was picked and handed over. A fulfilled order stays so without complaint. */
export function fulfillOrder(
  maybe: MaybeOrder,
  picked: readonly Picked[] | undefined,
  now: Date,
  expectedVersion?: number,
): OrderEvent[] {
  const order = existing(maybe);
  checkVersion(order, expectedVersion);
  if (order.status === 'FULFILLED') return [];
  if (order.status !== 'PAID' || order.cancellation) {
    throw orderError('ORDER_NOT_FULFILLABLE', { details: { orderStatus: order.status } });
  }
  if (picked && !sameQuantities(picked, order.lines)) throw orderError('FULFILMENT_INCOMPLETE');
  return [
    {
      type: 'ecommerce.order.order.fulfilled.v1',
      payload: { ...facts(order, 'FULFILLED'), items: itemsOf(order), fulfilledAt: now },
    },
  ];
}

function sameQuantities(left: readonly Picked[], right: readonly Picked[]): boolean {
  const sum = (lines: readonly Picked[]) => {
    const byProduct = new Map<string, number>();
    for (const { productId, qty } of lines) byProduct.set(productId, (byProduct.get(productId) ?? 0) + qty);
    return byProduct;
  };
  const [a, b] = [sum(left), sum(right)];
  return a.size === b.size && [...a].every(([productId, qty]) => b.get(productId) === qty);
}
