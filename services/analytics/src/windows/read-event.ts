import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { AnyEvent, EventType } from '@tradewind/contracts/event.ts';
import type { OrderItem } from '@tradewind/contracts/generated/events/order.ts';
import type { Change, Fact, SoldLine } from './fact.ts';

/** All others are passed over without being decoded. */
export const windowedEvents: ReadonlySet<string> = new Set<EventType>([
  'ecommerce.order.order.created.v1',
  'ecommerce.order.order.paid.v1',
  'ecommerce.order.order.refunded.v1',
  'ecommerce.order.order.canceled.v1',
  'ecommerce.order.order.expired.v1',
  'ecommerce.order.order.fulfilled.v1',
  'ecommerce.cart.cart.checked_out.v1',
  'ecommerce.cart.cart.abandoned.v1',
]);

/** Undefined where an event says nothing to the windows. */
export function factOf(event: AnyEvent): Fact | undefined {
  const change = changeOf(event);
  return (
    change && {
      storeId: event.storeId,
      key: event.partitionKey,
      version: event.aggregateVersion,
      occurredAt: event.occurredAt.getTime(),
      change,
    }
  );
}

function changeOf(event: AnyEvent): Change | undefined {
  switch (event.eventType) {
    case 'ecommerce.order.order.created.v1':
      return { kind: 'stage', stage: 'ORDER_CREATED' };
    case 'ecommerce.order.order.paid.v1': {
      const { currency, totalAmount, createdAt, items } = event.payload;
      return {
        kind: 'paid',
        currency,
        amount: fromDecimal(totalAmount, currency),
        createdAt: createdAt.getTime(),
        lines: linesOf(items, currency),
      };
    }
    case 'ecommerce.order.order.refunded.v1': {
      const { currency, amount } = event.payload;
      return { kind: 'refunded', currency, amount: fromDecimal(amount, currency) };
    }
    case 'ecommerce.order.order.canceled.v1': {
      const { currency, items } = event.payload;
      return { kind: 'canceled', currency, lines: linesOf(items, currency) };
    }
    case 'ecommerce.order.order.expired.v1':
      return { kind: 'stage', stage: 'ORDER_EXPIRED' };
    case 'ecommerce.order.order.fulfilled.v1':
      return { kind: 'stage', stage: 'ORDER_FULFILLED' };
    case 'ecommerce.cart.cart.checked_out.v1':
      return { kind: 'stage', stage: 'CART_CHECKED_OUT' };
    case 'ecommerce.cart.cart.abandoned.v1':
      return { kind: 'stage', stage: 'CART_ABANDONED' };
    default:
      return undefined;
  }
}

const linesOf = (items: readonly OrderItem[], currency: string): SoldLine[] =>
  items.map(({ productId, qty, price, total }) => ({
    productId,
    qty,
    amount: total === null ? fromDecimal(price, currency) * BigInt(qty) : fromDecimal(total, currency),
  }));
