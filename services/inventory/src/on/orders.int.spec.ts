import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { type AnyEvent, type EventType, makeEvent, type PayloadOf } from '@tradewind/contracts/event.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Reaction } from '@tradewind/outbox/reaction.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextIn, openInventory, reservation, wanted } from '#inventory.fixture.ts';
import { reserveCommand } from '#reserve-stock/command.ts';
import { releaseCommand } from '#release-reservation/command.ts';
import type { InventoryStore } from '#store.ts';
import { onOrderCanceled } from './order-canceled.ts';
import { onOrderExpired } from './order-expired.ts';
import { onOrderPaid } from './order-paid.ts';
import { onOrderReturned } from './order-returned.ts';

let inventory: Awaited<ReturnType<typeof openInventory>>;
const context = contextIn('STORE-1');
beforeAll(async () => {
  inventory = await openInventory();
});
afterAll(() => inventory.close());

const now = new Date();
const order = (orderId: string) => ({
  ...{
    orderId,
    userId: 'USER-9',
    totalAmount: toDecimal(1_000n, 'USD'),
    currency: 'USD',
    items: [],
    status: 'PAID',
  },
  createdAt: now,
});

function event<T extends EventType>(type: T, payload: PayloadOf<T>): AnyEvent {
  return makeEvent(type, payload, {
    ...{ eventId: newId(), occurredAt: now, traceId: '', correlationId: 'C', causationId: null },
    ...{ storeId: 'STORE-1', aggregateVersion: 2 },
  }) as AnyEvent;
}

const paid = (orderId: string) =>
  event('ecommerce.order.order.paid.v1', {
    ...order(orderId),
    paymentId: newId(),
    transactionId: null,
    paidAt: now,
  });
const canceled = (orderId: string) =>
  event('ecommerce.order.order.canceled.v1', {
    ...order(orderId),
    ...{ reason: null, canceledBy: 'USER-9', previousStatus: 'PAID', canceledAt: now, status: 'CANCELED' },
  });
const expired = (orderId: string) =>
  event('ecommerce.order.order.expired.v1', {
    ...order(orderId),
    ...{ previousStatus: 'PENDING', reservationId: orderId, expiredAt: now, status: 'EXPIRED' },
  });

const priced = {
  ...{ sku: null, listPrice: null, total: null, appliedRules: [] },
  price: toDecimal(1_000n, 'USD'),
};
const returned = (orderId: string, returnId: string, productId: string, qty: number) =>
  event('ecommerce.order.order.returned.v1', {
    ...order(orderId),
    ...{ returnId, returnedAt: now, status: 'FULFILLED' },
    items: [{ ...priced, productId, qty }],
  });

const react = (reaction: Reaction<{ readonly store: InventoryStore }>, to: AnyEvent) =>
  reaction.handle({ store: inventory.store })(to, {
    inbox: { consumer: reaction.name, eventId: to.eventId },
    context,
  });

async function held(sku: string, qty: number): Promise<string> {
  const { reservationId } = await inventory.store.handle(reserveCommand(reservation([wanted(sku, qty)])), {
    context,
  });
  return reservationId;
}

const stockOf = async (sku: string) =>
  (await inventory.rows(`select on_hand, reserved from inventory_stock where sku = $1`, [sku]))[0];

describe('what becomes of an order becomes of its reservation', () => {
  it('paid: sold, once; canceled after that: back on hand', async () => {
    await inventory.stock('A', 10);
    const id = await held('A', 3);
    const event = paid(id);
    await react(onOrderPaid, event);
    await react(onOrderPaid, event);
    await react(onOrderPaid, paid(id));
    expect(await stockOf('A')).toEqual({ on_hand: 7, reserved: 0 });
    await react(onOrderCanceled, canceled(id));
    expect(await stockOf('A')).toEqual({ on_hand: 10, reserved: 0 });
  });

  it('canceled or expired: for sale again; one that never held anything is left alone', async () => {
    await inventory.stock('B', 10);
    await react(onOrderCanceled, canceled(await held('B', 3)));
    await react(onOrderExpired, expired(await held('B', 4)));
    await react(onOrderExpired, expired('never-held'));
    expect(await stockOf('B')).toEqual({ on_hand: 10, reserved: 0 });
  });

  it('returned: what came back is on hand again, each return once', async () => {
    await inventory.stock('D', 10);
    const id = await held('D', 3);
    await react(onOrderPaid, paid(id));
    const first = returned(id, newId(), 'P-D', 1);
    await react(onOrderReturned, first);
    await react(onOrderReturned, first);
    expect(await stockOf('D')).toEqual({ on_hand: 8, reserved: 0 });
    await react(onOrderReturned, returned(id, newId(), 'P-D', 2));
    expect(await stockOf('D')).toEqual({ on_hand: 10, reserved: 0 });
    const ledger = `select delta::int, reason from inventory_adjustment where sku = 'D' order by created_at, delta`;
    expect(await inventory.rows(ledger)).toEqual([
      { delta: 10, reason: 'COUNT' },
      { delta: -3, reason: 'SOLD' },
      { delta: 1, reason: 'RETURNED' },
      { delta: 2, reason: 'RETURNED' },
    ]);
    const [reservation] = await inventory.rows(
      'select state from stock_reservation where reservation_id = $1',
      [id],
    );
    expect(reservation).toEqual({ state: 'COMMITTED' });
  });

  it('paid after it lapsed: taken anew while there is stock, else refused for good', async () => {
    await inventory.stock('C', 5);
    const [first, second] = [await held('C', 3), await held('C', 2)];
    for (const id of [first, second]) await inventory.store.handle(releaseCommand(id, 'test'), { context });
    await held('C', 1);
    await react(onOrderPaid, paid(first));
    expect(await stockOf('C')).toEqual({ on_hand: 2, reserved: 1 });
    await expect(react(onOrderPaid, paid(second))).rejects.toMatchObject({
      code: 'RESERVATION_LOST',
      retryable: false,
    });
    expect(await stockOf('C')).toEqual({ on_hand: 2, reserved: 1 });
  });
});
