import { checksIn, differences } from './i8-projections-equal-sources.ts';
import { describe, expect, it } from 'vitest';
import type { EventLog, LogRecord } from './event-log.ts';
import { lost, unannounced } from './i1-acknowledged-orders-exist.ts';
import { mismatches, type Reserved, type SoldOrder } from './i4-sold-is-committed.ts';
import { bookMismatches, moneyMismatches, type Moved, type OrderMoney } from './i5-captured-once.ts';
import { checkpointsBehind, receiptMismatches } from './i7-applied-exactly-once.ts';
import { sharedOrLost } from './i9-one-order-per-key.ts';

const record = (eventType: string, eventId: string, key = 'k'): LogRecord => ({
  ...{ partition: 0, offset: 0n, storeId: 'S', key, eventId, eventType, version: 1 },
});
const CREATED = 'ecommerce.order.order.created.v1';

describe('I1', () => {
  it('finds what was acknowledged and lost', () =>
    expect(lost(new Set(['a', 'b']), new Set(['a']))).toMatchObject([{ subject: 'b' }]));
  it('compares orders and their announcements', () => {
    const records = [record(CREATED, 'e1', 'a'), record(CREATED, 'e2', 'c'), record('other', 'e3', 'b')];
    expect(unannounced(new Set(['a', 'b']), records).map(({ subject }) => subject)).toEqual(['b', 'c']);
  });
});

describe('I4', () => {
  const order = (status: string, items = 'p×2'): SoldOrder => ({
    ...{ orderId: 'o', storeId: 'S', reservationId: 'r', status, items },
  });
  const reserved = (state: string, more: Partial<Reserved> = {}): Reserved => ({
    ...{ storeId: 'S', reservationId: 'r', orderId: 'o', state, items: 'p×2', overdue: false, ...more },
  });

  it.each([
    ['PENDING', 'HELD'],
    ['PAID', 'COMMITTED'],
    ['FULFILLED', 'COMMITTED'],
    ['CANCELED', 'RELEASED'],
    ['EXPIRED', 'EXPIRED'],
  ])('%s goes with %s', (status, state) =>
    expect(mismatches([order(status)], [reserved(state)])).toEqual([]),
  );

  it.each([
    ['PAID', 'HELD'],
    ['PAID', 'RELEASED'],
    ['CANCELED', 'HELD'],
    ['EXPIRED', 'HELD'],
    ['CANCELED', 'COMMITTED'],
  ])('%s does not go with %s', (status, state) =>
    expect(mismatches([order(status)], [reserved(state)])).toMatchObject([{ subject: 'o' }]),
  );

  it('counts the pieces', () =>
    expect(mismatches([order('PAID', 'p×3')], [reserved('COMMITTED')])).toMatchObject([{ subject: 'o' }]));
  it('wants a reservation', () => expect(mismatches([order('PAID')], [])).toMatchObject([{ subject: 'o' }]));
  it('lets a reservation without an order lapse, but not stay', () => {
    expect(mismatches([], [reserved('HELD')])).toEqual([]);
    expect(mismatches([], [reserved('HELD', { overdue: true })])).toMatchObject([{ subject: 'r' }]);
    expect(mismatches([], [reserved('HELD', { overdue: true, orderId: null })])).toEqual([]);
  });
});

describe('I5', () => {
  const order = (status: string, refunded = 0n): OrderMoney => ({
    orderId: 'o',
    status,
    total: 500n,
    refunded,
  });
  const moved = (captures: number, captured: bigint, refunded = 0n, late = 0): Moved => ({
    orderId: 'o',
    captures,
    late,
    captured,
    refunded,
  });

  it.each<[string, OrderMoney, Moved[]]>([
    ['a pending order without money', order('PENDING'), []],
    ['a paid one', order('PAID'), [moved(1, 500n)]],
    ['one paid and refunded in part', order('FULFILLED', 100n), [moved(1, 500n, 100n)]],
    ['one canceled after its payment', order('CANCELED', 500n), [moved(1, 500n, 500n)]],
    ['a late capture that went back', order('EXPIRED'), [moved(1, 500n, 500n, 1)]],
    ['one beside the capture that counts', order('PAID'), [moved(2, 1_000n, 500n, 1)]],
    ['a payment that the order has not heard of yet', order('PAYMENT_PENDING'), [moved(1, 500n)]],
  ])('accepts %s', (_, one, all) => expect(moneyMismatches([one], all)).toEqual([]));

  it.each<[string, OrderMoney, Moved[]]>([
    ['two captures', order('PAID'), [moved(2, 1_000n, 500n)]],
    ['money for a canceled order', order('CANCELED'), [moved(1, 500n)]],
    ['money for an expired order', order('EXPIRED'), [moved(1, 500n)]],
    ['a late capture that did not go back', order('EXPIRED'), [moved(1, 500n, 0n, 1)]],
    ['a paid order without money', order('PAID'), []],
    ['a refund that the order does not know', order('PAID'), [moved(1, 500n, 500n)]],
  ])('finds %s', (_, one, all) => expect(moneyMismatches([one], all)).toHaveLength(1));

  it('finds money of no order', () => expect(moneyMismatches([], [moved(1, 5n)])).toHaveLength(1));

  it('holds the ledger against the gateway', () => {
    expect(bookMismatches([moved(1, 5n)], [moved(1, 5n)])).toEqual([]);
    expect(bookMismatches([], [moved(0, 0n)])).toEqual([]);
    expect(bookMismatches([moved(1, 5n)], [moved(2, 10n)])).toHaveLength(1);
    expect(bookMismatches([], [moved(1, 5n)])).toHaveLength(1);
    expect(bookMismatches([moved(1, 5n)], [])).toHaveLength(1);
  });
});

describe('I8', () => {
  const check = { projection: 'p', version: 2, differences: 0, mismatches: [] };

  it('reads what the services say, and nothing else of their output', () => {
    expect(checksIn(`a line\n${JSON.stringify(check)}\n`)).toEqual([check]);
    expect(differences(check)).toEqual([]);
  });

  it('tells each row that differs, and how many more', () => {
    const mismatches = [{ storeId: 'S', key: 'k', source: 'a' }];
    expect(differences({ ...check, differences: 3, mismatches })).toEqual([
      { subject: 'p S k', what: 'source: a; projection v2: nothing' },
      { subject: 'p', what: '2 more rows differ' },
    ]);
  });
});

describe('I7', () => {
  it('wants a receipt for each event of the type, and no other', () => {
    const records = [record('t', 'e1'), record('t', 'e2'), record('t', 'e2'), record('u', 'e3')];
    expect(receiptMismatches('c', 't', records, new Set(['e1', 'e2']))).toEqual([]);
    expect(receiptMismatches('c', 't', records, new Set(['e1', 'e9'])).map(({ subject }) => subject)).toEqual(
      ['c e2', 'c e9'],
    );
  });

  it('wants projections at the end of their topics', () => {
    const events: EventLog = new Map([
      [
        'a',
        {
          topic: 'a',
          ends: new Map([
            [0, 3n],
            [1, 0n],
          ]),
          records: [],
        },
      ],
    ]);
    const at = (next: bigint) =>
      checkpointsBehind('p v1', ['a'], [{ topic: 'a', partition: 0, next }], events);
    expect(at(3n)).toEqual([]);
    expect(at(4n)).toEqual([]);
    expect(at(2n)).toHaveLength(1);
    expect(checkpointsBehind('p v1', ['a'], [], events)).toHaveLength(1);
    expect(checkpointsBehind('p v1', [], [], events)).toHaveLength(1);
  });
});

describe('I9', () => {
  const reply = (key: string, orderId: string | null, exists = true) => ({ key, orderId, exists });
  it('wants one order behind each key', () => {
    expect(sharedOrLost([reply('a', '1'), reply('b', '2')])).toEqual([]);
    expect(sharedOrLost([reply('a', '1'), reply('b', '1')])).toMatchObject([{ subject: 'b' }]);
    expect(sharedOrLost([reply('a', '1', false)])).toMatchObject([{ subject: 'a' }]);
    expect(sharedOrLost([reply('a', null)])).toMatchObject([{ subject: 'a' }]);
  });
});
