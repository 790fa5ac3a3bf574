import { describe, expect, it } from 'vitest';
import { type Found, type FoundEvent, toldByHeaders, windows } from './find-events.ts';
import type { Lineage, TracedEvent } from './lineage.ts';
import { describeLineage, since } from './print.ts';
import { appliedBetween } from './projection-effects.ts';
import { causesOf, withRelated } from './trace.ts';

const found = (eventId: string, causationId: string | null = null): Found => ({
  message: {} as Found['message'],
  event: { eventId, causationId } as FoundEvent,
});
const ids = (some: readonly Found[]) => some.map(({ event }) => event.eventId);

describe('times with what follows them', () => {
  it('overlap as one', () => {
    expect(windows([1_000_000, 1_050_000, 5_000_000])).toEqual([
      [995_000, 1_170_000],
      [4_995_000, 5_120_000],
    ]);
    expect(windows([])).toEqual([]);
  });
});

describe('an event that cannot be read', () => {
  it('is told by its headers', () =>
    expect(
      toldByHeaders({
        ...{ topic: 't', partition: 0, offset: 7n, timestamp: 1_000, key: 'o-1', value: Buffer.alloc(0) },
        headers: {
          ...{ eventId: 'e', eventType: 'x.v1', storeId: 'S', correlationId: 'c', aggregateVersion: '4' },
          traceparent: `00-${'ab'.repeat(16)}-0102030405060708-01`,
        },
      }),
    ).toMatchObject({
      ...{ eventId: 'e', eventType: 'x.v1', storeId: 'S', partitionKey: 'o-1', aggregateVersion: 4 },
      ...{ correlationId: 'c', causationId: null, traceId: 'ab'.repeat(16), occurredAt: new Date(1_000) },
    }));
});

describe('what is related', () => {
  const others = [found('c', 'b'), found('b', 'a'), found('x', 'y'), found('about')];
  it('is what was caused, however far, and what is about the same', () => {
    expect(ids(withRelated([found('a')], others, ({ eventId }) => eventId === 'about'))).toEqual([
      ...['a', 'b', 'about', 'c'],
    ]);
  });
  it('is nothing of another cause', () => {
    expect(ids(withRelated([found('z')], others, () => false))).toEqual(['z']);
  });
  it('has its causes, nearest first', () => {
    expect(ids(causesOf(found('c', 'b'), [found('a'), found('b', 'a')]))).toEqual(['b', 'a']);
  });
});

describe('when a projection applied an event', () => {
  const mark = (next: bigint, ms: number, partition = 0) => ({
    ...{ topic: 't', partition, next, at: new Date(ms) },
  });
  const marks = [mark(20n, 3_000), mark(5n, 1_000), mark(8n, 2_000), mark(99n, 1_500, 1)];
  const at = (offset: bigint) => appliedBetween(marks, { topic: 't', partition: 0, offset });
  it.each([
    [4n, { at: 1_000, notBefore: undefined }],
    [5n, { at: 2_000, notBefore: 1_000 }],
    [8n, { at: 3_000, notBefore: 2_000 }],
    [20n, undefined],
  ])('offset %s: between its marks', (offset, expected) => expect(at(offset)).toEqual(expected));
});

describe('a time since', () => {
  it.each([
    [12, '+12 ms'],
    [-3, '−3 ms'],
    [3_400, '+3.4 s'],
    [300_000, '+5 min'],
  ])('%s is %s', (ms, text) => expect(since(0, ms)).toBe(text));
});

describe('a lineage', () => {
  const event = (eventId: string, more: Partial<TracedEvent>): TracedEvent => ({
    ...{
      eventId,
      eventType: 'order.created',
      storeId: 'STORE-1',
      key: 'O',
      version: 1,
      producer: 'order-service',
    },
    ...{ correlationId: 'c', causationId: null, traceId: 't', sampled: true },
    ...{ storedAt: Date.UTC(2030, 0, 1, 12), effects: [] },
    published: { topic: 'orders', partition: 3, offset: '1041', at: Date.UTC(2030, 0, 1, 12) + 14 },
    ...more,
  });
  const storedAt = Date.UTC(2030, 0, 1, 12);
  const lineage: Lineage = {
    subject: { kind: 'order', id: 'O', status: 'PAID' },
    requests: [
      {
        ...{ correlationId: 'c', traceId: 't' },
        spans: [
          {
            service: 'order',
            name: 'POST /api/v1/orders',
            startMs: storedAt - 4,
            durationMs: 9.5,
            status: 201,
          },
        ],
      },
    ],
    events: [
      event('E-1', {
        effects: [
          {
            kind: 'consumer',
            service: 'inventory',
            name: 'on-x',
            state: 'done',
            at: storedAt + 30,
            exact: true,
          },
          {
            ...{ kind: 'projection', service: 'order', name: 'orders_by_customer', state: 'done' },
            ...{ at: storedAt + 40, notBefore: storedAt + 20, exact: false, detail: 'v1' },
          },
          {
            ...{
              kind: 'webhook',
              service: 'w',
              name: 'S-1',
              state: 'failed',
              at: storedAt + 900,
              exact: true,
            },
            attempts: [{ at: storedAt + 50, durationMs: 7, result: '500' }],
          },
        ],
      }),
      event('E-2', { causationId: 'E-1', eventType: 'stock.sold', published: undefined, sampled: false }),
    ],
  };
  it('reads as a tree, with what followed from each event and what that caused', () => {
    expect(describeLineage(lineage)).toMatchInlineSnapshot(`
      "order O  PAID  (STORE-1, 2030-01-01, UTC)

      request  correlation c  trace t
        11:59:59.996  order POST /api/v1/orders → 201  9.5 ms
      └─ order.created  O v1  E-1
         │  stored       12:00:00.000 by order-service
         │  published    +14 ms    orders 3@1041
         │  consumer     ✓ on-x  +30 ms
         │  projection   ✓ order orders_by_customer  ≤ +40 ms, after +20 ms  v1
         │  webhook      ✗ S-1  +900 ms failed
         │                1. +50 ms  500  7 ms
         └─ stock.sold  O v1  E-2
               stored       12:00:00.000 by order-service
               published    not published: it waits in the outbox"
    `);
  });
  it('says that a trace was not kept', () => {
    const untold = { ...lineage, requests: [{ correlationId: 'c', traceId: 't', spans: [] }] };
    expect(describeLineage(untold)).toContain('trace t  (trace not kept)');
  });
});
