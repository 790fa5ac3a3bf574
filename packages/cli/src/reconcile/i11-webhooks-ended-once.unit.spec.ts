import { describe, expect, it } from 'vitest';
import type { EventLog, LogRecord } from './event-log.ts';
import { notTakenIn, notTold, type Subscribed, WEBHOOK_TOPIC } from './i11-webhooks-ended-once.ts';

const PAID = 'ecommerce.order.order.paid.v1';
const at = Date.parse('2026-11-21T12:00:00Z');
/** As ids are made: the time comes first. */
const idAt = (time: number): string => {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};
const record = (more: Partial<LogRecord>): LogRecord => ({
  ...{
    partition: 0,
    offset: 0n,
    storeId: 'S',
    key: 'k',
    eventId: idAt(at),
    eventType: PAID,
    version: 1,
    ...more,
  },
});
const told = (before: number, after: number, records: readonly LogRecord[]) =>
  notTold([subscribed({ told: before })], [subscribed({ told: after })], records);
const logOf = (topic: string, records: LogRecord[]): EventLog =>
  new Map([[topic, { topic, ends: new Map(), records: [records] }]]);
const subscribed = (more: Partial<Subscribed> = {}): Subscribed => ({
  ...{
    storeId: 'S',
    subscriptionId: 'W',
    eventTypes: ['ecommerce.order.*'],
    since: at - 60_000,
    told: 0,
    ...more,
  },
});

describe('I11', () => {
  const orders = logOf('ecommerce.order.order', [record({})]);
  it.each([
    ['nobody was told of', subscribed(), new Set<string>(), 1],
    ['a delivery is there of', subscribed(), new Set([`W ${idAt(at)}`]), 0],
    ['another tenant has no business with', subscribed({ storeId: 'T' }), new Set<string>(), 0],
    [
      'another filter does not want',
      subscribed({ eventTypes: ['ecommerce.product.*'] }),
      new Set<string>(),
      0,
    ],
    ['came before the filter was', subscribed({ since: at + 1 }), new Set<string>(), 0],
  ])('counts an event that %s', (_, one, known, count) => {
    expect(notTakenIn([one], known, orders, 0)).toHaveLength(count);
  });

  it('does not look back further than deliveries are kept, nor at what is told of deliveries', () => {
    expect(notTakenIn([subscribed()], new Set(), orders, at + 1)).toEqual([]);
    const all = subscribed({ eventTypes: ['*'] });
    expect(notTakenIn([all], new Set(), logOf(WEBHOOK_TOPIC, [record({})]), 0)).toEqual([]);
  });

  it('compares what was told with what is in Kafka', () => {
    const first = record({ key: 'W' });
    const second = record({ key: 'W', eventId: idAt(at + 1) });
    const two = [first, second, record({ key: 'W', storeId: 'T' })];
    expect(told(2, 2, two)).toEqual([]);
    expect(told(3, 3, two)).toMatchObject([{ subject: 'W' }]);
    expect(told(1, 1, two)).toMatchObject([{ subject: 'W' }]);
    expect(told(1, 3, two)).toEqual([]);
  });

  it('counts what a dying relay sent twice once', () => {
    const again = [record({ key: 'W' }), record({ key: 'W', offset: 1n })];
    expect(told(1, 1, again)).toEqual([]);
  });
});
