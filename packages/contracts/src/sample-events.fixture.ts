import { toDecimal } from '#decimal.ts';
import { makeEvent, type EventContext, type EventOf } from '#event.ts';

const context: EventContext = {
  eventId: '01936b4e-7c1a-7000-8000-000000000001',
  occurredAt: new Date('2026-11-21T08:30:00.123Z'),
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  correlationId: 'corr-1',
  causationId: null,
  storeId: 'STORE-1',
  aggregateVersion: 1,
};

/** What an item of before there were price rules reads as. */
export const undiscounted = { listPrice: null, total: null, appliedRules: [] };

/** The seed's canonical example. */
export function orderCreated(
  payload: Partial<EventOf<'ecommerce.order.order.created.v1'>['payload']> = {},
): EventOf<'ecommerce.order.order.created.v1'> {
  return makeEvent(
    'ecommerce.order.order.created.v1',
    {
      orderId: 'ORDER-123',
      userId: 'USER-9',
      totalAmount: toDecimal(12950n, 'USD'),
      currency: 'USD',
      items: [{ productId: 'P1', qty: 2, price: toDecimal(2500n, 'USD'), sku: null, ...undiscounted }],
      expiresAt: new Date('2026-11-21T08:45:00.000Z'),
      reservationId: 'ORDER-123',
      discountCodes: [],
      status: 'PENDING',
      createdAt: new Date('2026-11-21T08:30:00.000Z'),
      ...{ discountAmount: null, appliedRules: [] },
      ...payload,
    },
    context,
  );
}

export function stockAdjusted(
  payload: Partial<EventOf<'ecommerce.inventory.stock.adjusted.v1'>['payload']> = {},
): EventOf<'ecommerce.inventory.stock.adjusted.v1'> {
  return makeEvent(
    'ecommerce.inventory.stock.adjusted.v1',
    {
      productId: 'P1',
      sku: 'SKU-1',
      storeId: 'STORE-1-NORTH',
      onHand: 8,
      reserved: 1,
      available: 7,
      version: 4,
      delta: -2,
      reason: 'SENSOR',
      adjustmentId: 'ADJ-1',
      reservationId: null,
      orderId: null,
      deviceId: 'device-1',
      seq: 17,
      ...payload,
    },
    context,
  );
}
