import { encode } from '@tradewind/contracts/codec.ts';
import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { type AnyEvent, type EventOf, eventDefinitions, makeEvent } from '@tradewind/contracts/event.ts';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { stockAdjusted, undiscounted } from '@tradewind/contracts/sample-events.fixture.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Message } from '@tradewind/messaging/message.ts';

export const registry = createLocalRegistry();
export const decode = (value: Buffer): AnyEvent | Promise<AnyEvent> => registry.decode(value);
export const NOON = Date.UTC(2026, 10, 20, 12);

const envelope = (storeId: string, version: number, at: number) => ({
  ...{ eventId: newId(), occurredAt: new Date(at), traceId: '', correlationId: 'corr-1', causationId: null },
  ...{ storeId, aggregateVersion: version },
});

export interface OrderTerms {
  readonly storeId?: string;
  readonly orderId?: string;
  readonly userId?: string;
  readonly minor?: bigint;
  readonly productId?: string;
  /** When it was placed. */
  readonly at?: number;
}

/** Events of one order, with one line of two pieces, in US dollars. */
export function orderOf(terms: OrderTerms = {}) {
  const { storeId = 'STORE-1', orderId = newId(), userId = 'USER-1', minor = 10_000n } = terms;
  const { productId = 'P1', at = NOON } = terms;
  const totalAmount = toDecimal(minor, 'USD');
  const facts = { orderId, userId, totalAmount, currency: 'USD', createdAt: new Date(at) };
  const items = [
    {
      ...{ productId, sku: null, qty: 2, price: toDecimal(minor / 2n, 'USD'), ...undiscounted },
      total: totalAmount,
    },
  ];
  let refunded = 0n;
  return {
    orderId,
    created: (): AnyEvent =>
      makeEvent(
        'ecommerce.order.order.created.v1',
        {
          ...{ ...facts, items, expiresAt: new Date(at), reservationId: orderId, status: 'PENDING' },
          ...{ discountCodes: [], discountAmount: null, appliedRules: [] },
        },
        envelope(storeId, 1, at),
      ),
    paid: (when = at + 60_000): AnyEvent =>
      makeEvent(
        'ecommerce.order.order.paid.v1',
        {
          ...{ ...facts, items, paymentId: `PAY-${orderId}`, transactionId: null, status: 'PAID' },
          paidAt: new Date(when),
        },
        envelope(storeId, 3, when),
      ),
    refunded: (amount: bigint, when: number, version = 4): AnyEvent => {
      refunded += amount;
      return makeEvent(
        'ecommerce.order.order.refunded.v1',
        {
          ...{ ...facts, refundId: newId(), amount: toDecimal(amount, 'USD'), status: 'PAID' },
          ...{ refundedTotal: toDecimal(refunded, 'USD'), paymentId: `PAY-${orderId}`, transactionId: null },
          ...{ returnId: null, reason: null, refundedAt: new Date(when), requestedBy: null },
        },
        envelope(storeId, version, when),
      );
    },
    canceled: (when: number, version = 5, previousStatus = 'PAID'): AnyEvent =>
      makeEvent(
        'ecommerce.order.order.canceled.v1',
        {
          ...{ ...facts, items, reason: null, canceledBy: userId, previousStatus, status: 'CANCELED' },
          canceledAt: new Date(when),
        },
        envelope(storeId, version, when),
      ),
  };
}

export const productCreated = (productId: string, name: string, at: number, storeId = 'STORE-1'): AnyEvent =>
  makeEvent(
    'ecommerce.product.product.created.v1',
    {
      ...{ productId, sku: `SKU-${productId}`, name, description: null, price: toDecimal(5_000n, 'USD') },
      ...{ currency: 'USD', categoryId: 'C1', attributes: {}, images: [], status: 'ACTIVE', version: 1 },
      createdAt: new Date(at),
    },
    envelope(storeId, 1, at),
  );

export const productRenamed = (
  productId: string,
  name: string,
  version: number,
  at: number,
): EventOf<'ecommerce.product.product.updated.v1'> =>
  makeEvent(
    'ecommerce.product.product.updated.v1',
    {
      ...{ productId, sku: `SKU-${productId}`, name, description: null, price: toDecimal(5_000n, 'USD') },
      ...{ currency: 'USD', categoryId: 'C1', attributes: {}, images: [], status: 'ACTIVE', version },
      ...{ changedFields: ['name'], createdAt: new Date(at), updatedAt: new Date(at) },
    },
    envelope('STORE-1', version, at),
  );

export const adjusted = (productId: string, delta: number, version: number, at: number): AnyEvent => ({
  ...stockAdjusted({ productId, delta, adjustmentId: newId() }),
  ...{ eventId: newId(), partitionKey: productId, aggregateVersion: version, occurredAt: new Date(at) },
});

/** A log of messages as Kafka hands them over: offsets without a gap in each partition. */
export function newLog() {
  const ends = new Map<string, bigint>();
  return {
    ends,
    message(event: AnyEvent, partition = 0, value = encode(event, registry.idFor(event.eventType))): Message {
      const { topic } = eventDefinitions[event.eventType];
      const place = `${topic} ${partition}`;
      const offset = ends.get(place) ?? 0n;
      ends.set(place, offset + 1n);
      const { eventType, eventId, storeId, partitionKey: key } = event;
      const headers = { eventType, eventId, storeId, correlationId: 'corr-1' };
      return { topic, partition, offset, key, value, headers, timestamp: event.occurredAt.getTime() };
    },
  };
}
