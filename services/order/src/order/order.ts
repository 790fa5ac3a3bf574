import { fromDecimal, toDecimal } from '@tradewind/contracts/decimal.ts';
import type { OrderItem } from '@tradewind/contracts/generated/events/order.ts';
import { unreachable } from '@tradewind/kernel/errors.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent, OrderEventType } from '#order/events.ts';
import { type Line, lineIn, type Pricing, ruleRecords, rulesIn } from '#order/pricing.ts';

export const statuses = [
  'PENDING',
  'PAYMENT_PENDING',
  'PAID',
  'FULFILLED',
  'RETURNED',
  'CANCELED',
  'EXPIRED',
] as const;
export type Status = (typeof statuses)[number];

export interface Order {
  readonly orderId: string;
  /** The number of events that led here. */
  readonly version: number;
  readonly userId: string;
  readonly status: Status;
  readonly currency: string;
  /** Minor units, like all amounts here. */
  readonly total: bigint;
  readonly lines: readonly Line[];
  readonly pricing: Pricing;
  readonly reservationId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The payment that is open or was made; the last one that failed while none is. */
  readonly paymentId: string | null;
  readonly transactionId: string | null;
  readonly captured: bigint;
  readonly refunded: bigint;
  /** A refund runs, after which the paid order is canceled. */
  readonly cancellation: { readonly requestedBy: string; readonly reason: string | null } | null;
}

/** An order id that nobody has used yet. */
export type MaybeOrder = Order | undefined;

/** Which event leads from which status to which: all that an order can do. Terminal states have no way out. */
const transitions: Readonly<Record<OrderEventType, Readonly<Partial<Record<Status | 'NONE', Status>>>>> = {
  'ecommerce.order.order.created.v1': { NONE: 'PENDING' },
  'ecommerce.order.order.payment_pending.v1': { PENDING: 'PAYMENT_PENDING' },
  'ecommerce.order.order.payment_failed.v1': { PAYMENT_PENDING: 'PENDING' },
  'ecommerce.order.order.paid.v1': { PAYMENT_PENDING: 'PAID' },
  'ecommerce.order.order.canceled.v1': { PENDING: 'CANCELED', PAID: 'CANCELED' },
  'ecommerce.order.order.expired.v1': { PENDING: 'EXPIRED' },
  'ecommerce.order.order.fulfilled.v1': { PAID: 'FULFILLED' },
  'ecommerce.order.order.cancellation_requested.v1': { PAID: 'PAID' },
  'ecommerce.order.order.refunded.v1': { PAID: 'PAID', FULFILLED: 'FULFILLED' },
};

/** The status after an event, or undefined where the order can't do that. */
export function statusAfter(order: MaybeOrder, type: OrderEventType): Status | undefined {
  return transitions[type][order?.status ?? 'NONE'];
}

export function evolve(order: MaybeOrder, event: OrderEvent): Order {
  return { ...changed(order, event), version: (order?.version ?? 0) + 1 };
}

function changed(order: MaybeOrder, event: OrderEvent): Omit<Order, 'version'> {
  const status = statusAfter(order, event.type);
  if (status === undefined) {
    throw orderError('ORDER_STREAM_BROKEN', { message: `${event.type} after ${order?.status ?? 'nothing'}` });
  }
  if (event.type === 'ecommerce.order.order.created.v1') return created(event, status);
  if (!order) throw orderError('ORDER_STREAM_BROKEN', { message: `${event.type} of no order` });
  switch (event.type) {
    case 'ecommerce.order.order.payment_pending.v1':
      return { ...order, status, paymentId: event.payload.paymentId };
    case 'ecommerce.order.order.payment_failed.v1':
      return { ...order, status };
    case 'ecommerce.order.order.paid.v1': {
      const { paymentId, transactionId } = event.payload;
      return { ...order, status, paymentId, transactionId, captured: order.total };
    }
    case 'ecommerce.order.order.cancellation_requested.v1': {
      const { requestedBy, reason } = event.payload;
      return { ...order, status, cancellation: { requestedBy, reason } };
    }
    case 'ecommerce.order.order.refunded.v1':
      return { ...order, status, refunded: fromDecimal(event.payload.refundedTotal, order.currency) };
    case 'ecommerce.order.order.canceled.v1':
      return { ...order, status, cancellation: null };
    case 'ecommerce.order.order.expired.v1':
    case 'ecommerce.order.order.fulfilled.v1':
      return { ...order, status };
    default:
      return unreachable(event);
  }
}

function created(
  { payload }: Extract<OrderEvent, { type: 'ecommerce.order.order.created.v1' }>,
  status: Status,
): Omit<Order, 'version'> {
  const { orderId, userId, currency, items, reservationId, createdAt, expiresAt } = payload;
  return {
    orderId,
    userId,
    status,
    currency,
    total: fromDecimal(payload.totalAmount, currency),
    lines: items.map((item) => lineIn(item, currency)),
    pricing: {
      discount: payload.discountAmount === null ? 0n : fromDecimal(payload.discountAmount, currency),
      codes: payload.discountCodes,
      rules: rulesIn(payload.appliedRules, currency),
    },
    reservationId,
    createdAt,
    expiresAt,
    paymentId: null,
    transactionId: null,
    captured: 0n,
    refunded: 0n,
    cancellation: null,
  };
}

/** What every event of an order says, so that no consumer has to ask back. */
export function facts(order: Order, status: Status) {
  const { orderId, userId, currency, createdAt } = order;
  return { orderId, userId, totalAmount: toDecimal(order.total, currency), currency, status, createdAt };
}

export function itemsOf({ lines, currency }: Pick<Order, 'lines' | 'currency'>): OrderItem[] {
  return lines.map(({ productId, sku, qty, listPrice, price, total, rules }) => ({
    productId,
    sku,
    qty,
    price: toDecimal(price, currency),
    listPrice: toDecimal(listPrice, currency),
    total: total === price * BigInt(qty) ? null : toDecimal(total, currency),
    appliedRules: ruleRecords(rules, currency),
  }));
}

/** @throws DomainError ORDER_NOT_FOUND */
export function existing(order: MaybeOrder): Order {
  if (!order) throw orderError('ORDER_NOT_FOUND');
  return order;
}

/**
 * The version that a command builds on must still be the order's; undefined takes any.
 * @throws DomainError VERSION_CONFLICT
 */
export function checkVersion({ version }: Order, expected: number | undefined): void {
  if (expected !== undefined && expected !== version) {
    throw orderError('VERSION_CONFLICT', { details: { currentVersion: version } });
  }
}
