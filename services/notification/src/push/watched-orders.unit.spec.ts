import { describe, expect, it } from 'vitest';
import type { OrderStatus, StatusChange } from './status-change.ts';
import type { StatusQueries } from './status-queries.ts';
import { type CustomerWatcher, watchedOrders } from './watched-orders.ts';

const STATUSES = ['PENDING', 'PAYMENT_PENDING', 'PAID'];
const changes: readonly StatusChange[] = STATUSES.map((status, at) => ({
  ...{ version: at + 1, previous: at, status, occurredAt: '2026-11-21T12:00:00Z', eventId: `e${at}` },
}));
const orderOf = (orderId: string, known: number): OrderStatus => ({
  ...{ storeId: 'S', orderId, userId: 'ANN', changes: changes.slice(0, known) },
});
const silent = { info() {}, warn() {}, error() {}, debug() {} };

/** Ann's orders as the projection has them; reads of all of them wait until they are let through. */
function annsOrders(...stored: OrderStatus[]) {
  const rows = new Map(stored.map((one) => [one.orderId, one]));
  const gates: (() => void)[] = [];
  let meanwhile = (): void => undefined;
  const queries: StatusQueries = {
    find: async (_, orderId) => rows.get(orderId),
    findAll: async (_, ids) => {
      const found = ids.flatMap((id) => rows.get(id) ?? []);
      meanwhile();
      return found;
    },
    newestOf: async () => {
      const found = [...rows.values()];
      await new Promise<void>((resolve) => gates.push(resolve));
      return found;
    },
    changedOf: async () => [...rows.values()],
    changed: async () => [],
  };
  const orders = watchedOrders({ statuses: queries, log: silent, onTold: () => undefined });
  const told: string[] = [];
  const joined = new Set<string>();
  const watcher: CustomerWatcher = {
    send: (frame) => {
      const { orderId, version } = JSON.parse(frame.toString()) as { orderId: string; version: number };
      told.push(`${orderId}@${version}`);
    },
    joinOwn(channel, after) {
      if (joined.has(channel.orderId)) return;
      joined.add(channel.orderId);
      channel.join(watcher, after);
    },
  };
  return {
    orders,
    told,
    store: (order: OrderStatus) => void rows.set(order.orderId, order),
    open: () => orders.watchCustomer('S', 'ANN', watcher, () => told.push('known')),
    leave: () => orders.leaveCustomer('S', 'ANN', watcher),
    duringReads: (happens: () => void) => void (meanwhile = happens),
    letThrough: () => gates.splice(0).forEach((go) => go()),
  };
}

describe('a customer who comes while its orders are read', () => {
  it('is told the current status first, whatever the stream repeats meanwhile', async () => {
    const { orders, told, open, letThrough } = annsOrders(orderOf('A', 3));
    const opened = open();
    orders.hint('S', 'A', 'ANN', changes[0]!);
    await orders.resync();
    expect(told).toEqual([]);
    letThrough();
    await opened;
    expect(told).toEqual(['known', 'A@3']);
    orders.hint('S', 'A', 'ANN', changes[0]!);
    expect(told).toHaveLength(2);
  });

  it('misses nothing that was stored after the read had begun', async () => {
    const { orders, told, store, open, letThrough } = annsOrders(orderOf('A', 1));
    const opened = open();
    store(orderOf('A', 2));
    orders.hint('S', 'A', 'ANN', changes[1]!);
    store(orderOf('B', 1));
    orders.hint('S', 'B', 'ANN', changes[0]!);
    letThrough();
    await opened;
    expect(told).toEqual(['known', 'A@2', 'B@1']);
    orders.hint('S', 'A', 'ANN', changes[2]!);
    expect(told.at(-1)).toBe('A@3');
  });

  it('is told of them even if something changes during every read', async () => {
    const { orders, told, open, letThrough, duringReads } = annsOrders(orderOf('A', 1));
    duringReads(() => orders.hint('S', 'B', 'ANN', changes[0]!));
    const opened = open();
    orders.hint('S', 'B', 'ANN', changes[0]!);
    letThrough();
    await opened;
    expect(told.slice(0, 2)).toEqual(['known', 'A@1']);
  });

  it('is told what was changed during the last read', async () => {
    const { orders, told, store, open, letThrough, duringReads } = annsOrders(orderOf('A', 1));
    let reads = 0;
    duringReads(() => {
      reads += 1;
      store(orderOf('A', 2));
      orders.hint('S', 'A', 'ANN', changes[1]!);
      if (reads === 1) return;
      store(orderOf('B', 3));
      orders.hint('S', 'B', 'ANN', changes[2]!);
    });
    const opened = open();
    orders.hint('S', 'A', 'ANN', changes[0]!);
    letThrough();
    await opened;
    await expect.poll(() => told.filter((one) => one.startsWith('B'))).toEqual(['B@3']);
    expect(told.filter((one) => one.startsWith('A')).at(-1)).toBe('A@2');
  });

  it('is not joined to anything once it has left', async () => {
    const { orders, told, open, leave, letThrough } = annsOrders(orderOf('A', 1));
    const opened = open();
    leave();
    letThrough();
    await opened;
    orders.hint('S', 'A', 'ANN', changes[1]!);
    expect(told).toEqual([]);
  });
});
