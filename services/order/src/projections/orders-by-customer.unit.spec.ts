import { toDecimal } from '@tradewind/contracts/decimal.ts';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { capturedEvent } from '@tradewind/outbox/captured-row.ts';
import type { StoredRow } from '@tradewind/outbox/projection-store.ts';
import { wholeRows } from '@tradewind/outbox/whole-rows.ts';
import { describe, expect, it } from 'vitest';
import { type CustomerOrderRow, isWhole, ordersByCustomer, shownStatus } from './orders-by-customer.ts';

const AT = new Date('2026-01-31T12:00:00Z');
const minor = toDecimal(1_250n, 'USD');

function event(type: string, version: number, payload: object): AnyEvent {
  const common = { orderId: 'O1', userId: 'U1', totalAmount: minor, currency: 'USD', createdAt: AT };
  return {
    ...{
      eventId: `E${version}`,
      eventType: `ecommerce.order.order.${type}.v1`,
      occurredAt: AT,
      producer: 'order',
    },
    ...{ traceId: '', correlationId: '', causationId: null, schemaVersion: '1', partitionKey: 'O1' },
    ...{ storeId: 'STORE-1', aggregateVersion: version, payload: { ...common, ...payload } },
  } as unknown as AnyEvent;
}

const created = event('created', 1, { status: 'PENDING', items: [] });
const paid = event('paid', 2, { status: 'PAID' });

/** As change data capture tells the row of `orders`. */
const captured = (operation: string, row: object) =>
  capturedEvent({
    ...{ topic: 'cdc.order.public.orders', operation, committedAtMs: AT.getTime(), lsn: 1n },
    row,
  } as unknown as Parameters<typeof capturedEvent>[0]);
const told = (status: string, version: number): AnyEvent =>
  captured('updated', { order_id: 'O1', store_id: 'STORE-1', user_id: 'U1', status, version })!;

const fold = (...events: AnyEvent[]) =>
  events.reduce<Record<string, unknown> | undefined>(
    (row, one) => ordersByCustomer.evolve(row, one),
    undefined,
  ) as unknown as CustomerOrderRow | undefined;

describe('orders_by_customer', () => {
  it('is where the captured row is: key, tenant and version are those of the order', () =>
    expect(told('PAID', 2)).toMatchObject({ partitionKey: 'O1', storeId: 'STORE-1', aggregateVersion: 2 }));

  it('shows the newer of the two tellings', () => {
    expect(shownStatus(fold(created, paid, told('PENDING', 1))!)).toEqual({ status: 'PAID', version: 2 });
    expect(shownStatus(fold(created, told('PAID', 2))!)).toEqual({ status: 'PAID', version: 2 });
    expect(shownStatus(fold(created, paid)!)).toEqual({ status: 'PAID', version: 2 });
  });

  it('is the same in whatever order the two topics come', () => {
    const rows = [
      fold(created, paid, told('PENDING', 1), told('PAID', 2)),
      fold(told('PENDING', 1), told('PAID', 2), created, paid),
      fold(told('PENDING', 1), created, told('PAID', 2), paid),
    ];
    for (const row of rows) expect(row).toEqual(rows[0]);
  });

  it('takes nothing from a deletion, which tells no more than the key', () =>
    expect(captured('deleted', { order_id: 'O1', store_id: '', user_id: '', status: '', version: 0 })).toBe(
      undefined,
    ));

  it('has none but whole rows where rows are counted and compared', async () => {
    const rows = [fold(told('PENDING', 1)), fold(told('PENDING', 1), created)];
    const store = {
      async *scan() {
        yield rows as unknown as StoredRow[];
      },
    };
    const found: StoredRow[] = [];
    for await (const batch of wholeRows(store, ordersByCustomer, 1)) found.push(...batch);
    expect(found).toEqual([rows[1]]);
  });

  it('is not whole before the first event', () => {
    expect(isWhole(fold(told('PENDING', 1)))).toBe(false);
    expect(isWhole(fold(told('PENDING', 1), paid))).toBe(false);
    expect(isWhole(fold(told('PENDING', 1), created))).toBe(true);
  });
});
