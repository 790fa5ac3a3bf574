import { fromDecimal, toDecimal } from '@tradewind/contracts/decimal.ts';
import type { OrderItem } from '@tradewind/contracts/generated/events/order.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent, OrderEventType } from '#order/events.ts';
import { live } from '#order/later-life.ts';
import { type LaterLife, untouched } from '#order/parts.ts';
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

export interface Order extends LaterLife {
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
}

/** An order id that nobody has used yet. */
export type MaybeOrder = Order | undefined;

const paidOn = { PAID: 'PAID' } as const;
const handedOver = { FULFILLED: 'FULFILLED' } as const;
const eitherWay = { ...paidOn, ...handedOver } as const;
/** Money on its way back does not stop when the last piece has come back. */
const moneyBack = { ...eitherWay, RETURNED: 'RETURNED' } as const;

type Next = Status | readonly [Status, ...Status[]];

/**
 * Which event leads from which status to which: all that an order can do. Where there is a choice the event says which.
 * Terminal states have no way out.
 */
const transitions: Readonly<Record<OrderEventType, Readonly<Partial<Record<Status | 'NONE', Next>>>>> = {
  'ecommerce.order.order.created.v1': { NONE: 'PENDING' },
  'ecommerce.order.order.payment_pending.v1': { PENDING: 'PAYMENT_PENDING' },
  'ecommerce.order.order.payment_failed.v1': { PAYMENT_PENDING: 'PENDING' },
  'ecommerce.order.order.paid.v1': { PAYMENT_PENDING: 'PAID' },
  'ecommerce.order.order.expired.v1': { PENDING: 'EXPIRED' },
  'ecommerce.order.order.canceled.v1': { PENDING: 'CANCELED', PAID: 'CANCELED' },
  'ecommerce.order.order.cancellation_requested.v1': paidOn,
  'ecommerce.order.order.cancellation_approved.v1': paidOn,
  'ecommerce.order.order.cancellation_rejected.v1': paidOn,
  'ecommerce.order.order.picked.v1': paidOn,
  'ecommerce.order.order.fulfilled.v1': { PAID: 'FULFILLED' },
  'ecommerce.order.order.shipment_requested.v1': eitherWay,
  'ecommerce.order.order.shipment_failed.v1': eitherWay,
  'ecommerce.order.order.shipped.v1': eitherWay,
  'ecommerce.order.order.delivered.v1': eitherWay,
  'ecommerce.order.order.return_requested.v1': handedOver,
  'ecommerce.order.order.return_approved.v1': handedOver,
  'ecommerce.order.order.return_rejected.v1': handedOver,
  'ecommerce.order.order.returned.v1': { FULFILLED: ['FULFILLED', 'RETURNED'] },
  'ecommerce.order.order.refund_requested.v1': eitherWay,
  'ecommerce.order.order.refunded.v1': moneyBack,
  'ecommerce.order.order.refund_failed.v1': moneyBack,
};

/** The status after an event, or undefined where the order can't do that; the first of several. */
export function statusAfter(order: MaybeOrder, type: OrderEventType): Status | undefined {
  return nextOf(order, type)[0];
}

function nextOf(order: MaybeOrder, type: OrderEventType): readonly Status[] {
  const next = transitions[type][order?.status ?? 'NONE'] ?? [];
  return typeof next === 'string' ? [next] : next;
}

export function evolve(order: MaybeOrder, event: OrderEvent): Order {
  return { ...changed(order, event), version: (order?.version ?? 0) + 1 };
}

function changed(order: MaybeOrder, event: OrderEvent): Omit<Order, 'version'> {
  const next = nextOf(order, event.type);
  const status = next.find((one) => one === event.payload.status) ?? next[0];
  if (status === undefined) {
    throw orderError('ORDER_STREAM_BROKEN', { message: `${event.type} after ${order?.status ?? 'nothing'}` });
  }
  if (event.type === 'ecommerce.order.order.created.v1') return created(event, status);
  if (!order) throw orderError('ORDER_STREAM_BROKEN', { message: `${event.type} of no order` });
  switch (event.type) {
    case 'ecommerce.order.order.payment_pending.v1':
      return { ...order, status, paymentId: event.payload.paymentId };
    case 'ecommerce.order.order.paid.v1': {
      const { paymentId, transactionId } = event.payload;
      return { ...order, status, paymentId, transactionId, captured: order.total };
    }
    case 'ecommerce.order.order.canceled.v1':
      return { ...order, status, cancellation: null };
    case 'ecommerce.order.order.payment_failed.v1':
    case 'ecommerce.order.order.expired.v1':
      return { ...order, status };
    default:
      return { ...order, ...live(order, event), status };
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
    ...untouched,
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
