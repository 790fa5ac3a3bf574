import { describe, expect, it } from 'vitest';
import { orderChannel } from '#push/order-channel.ts';
import type { OrderStatus } from '#push/status-change.ts';
import type { WatchedOrders } from '#push/watched-orders.ts';
import { orderClient } from './order-client.ts';

const log = { info() {}, warn() {}, error() {}, debug() {} };
const principal = { sub: 'ANN', roles: ['CUSTOMER'], storeId: 'S', permissions: [] } as const;
const created: OrderStatus = {
  ...{ storeId: 'S', orderId: 'A', userId: 'ANN' },
  changes: [
    { version: 1, previous: 0, status: 'PENDING', occurredAt: '2026-11-21T12:00:00Z', eventId: 'e1' },
  ],
};

/** A client of orders that are looked for once, unless events are late. */
function clientOf(looks: (OrderStatus | undefined)[], late: boolean) {
  const told: object[] = [];
  const orders = {
    open: async (storeId, orderId, take) =>
      take(
        looks.shift(),
        orderChannel(storeId, orderId, () => undefined),
      ),
  } as Partial<WatchedOrders> as WatchedOrders;
  const client = orderClient({
    ...{ principal, orders, log, maxSubscriptions: 1, late: () => late },
    lookUp: { forMs: 0, everyMs: 0 },
    patient: { forMs: looks.length > 1 ? 60_000 : 0, everyMs: 0 },
    send: (frame) => told.push(JSON.parse(frame.toString()) as object),
  });
  return { told, subscribe: () => client.handle({ type: 'subscribe', orderId: 'A' }) };
}

describe('an order that is not there', () => {
  it('is looked for until late events have come', async () => {
    const { told, subscribe } = clientOf([undefined, undefined, created], true);
    await subscribe();
    expect(told[0]).toEqual({ type: 'subscribed', orderId: 'A' });
  });

  it('is not said to be missing while events are late', async () => {
    const { told, subscribe } = clientOf([undefined], true);
    await subscribe();
    expect(told).toEqual([{ type: 'error', code: 'UNAVAILABLE', orderId: 'A' }]);
  });

  it('is not found otherwise, nor is somebody else’s', async () => {
    for (const [found, late] of [
      [undefined, false],
      [{ ...created, userId: 'BOB' }, true],
    ] as const) {
      const { told, subscribe } = clientOf([found], late);
      await subscribe();
      expect(told).toEqual([{ type: 'error', code: 'NOT_FOUND', orderId: 'A' }]);
    }
  });
});
