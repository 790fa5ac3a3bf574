import { describe, expect, it } from 'vitest';
import { incompatibilities, incompatibleWith } from '#compat.ts';
import type { AvroField, EventSchema } from '#schema.ts';

const decimal = { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 4 };
const base: AvroField[] = [
  { name: 'orderId', type: 'string' },
  { name: 'qty', type: 'int' },
  { name: 'amount', type: decimal },
  { name: 'paidAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'note', type: ['null', 'string'], default: null },
  { name: 'fee', type: ['null', decimal], default: null },
  {
    name: 'lines',
    type: {
      type: 'array',
      items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] },
    },
  },
];

function event(fields: readonly AvroField[], rest: Partial<EventSchema> = {}): EventSchema {
  return {
    type: 'record',
    name: 'PaidEvent',
    namespace: 'test',
    eventType: 'ecommerce.test.test.paid.v1',
    topic: 'ecommerce.test.test',
    key: 'orderId',
    producer: 'test-service',
    fields: [{ name: 'payload', type: { type: 'record', name: 'Paid', fields } }],
    ...rest,
  };
}

const replace = (name: string, field: Partial<AvroField>): AvroField[] =>
  base.map((each) => (each.name === name ? { ...each, ...field } : each));
const without = (name: string): AvroField[] => base.filter((field) => field.name !== name);

describe('incompatibilities', () => {
  it.each<[string, AvroField[]]>([
    ['nothing changed', base],
    ['an optional field was added', [...base, { name: 'code', type: ['null', 'string'], default: null }]],
    [
      'a field with a default was added',
      [...base, { name: 'tags', type: { type: 'array', items: 'string' }, default: [] }],
    ],
    ['a field with a default was removed', without('note')],
    ['fields changed places', base.toReversed()],
    ['only a comment changed', replace('qty', { doc: 'Pieces.' })],
  ])('has none where %s', (_what, fields) => {
    expect(incompatibilities(event(fields), event(base))).toEqual([]);
  });

  it.each<[string, AvroField[], string]>([
    [
      'a field without default was added',
      [...base, { name: 'code', type: 'string' }],
      'new readers cannot read old events: payload.code',
    ],
    [
      'a field without default was removed',
      without('qty'),
      'old readers cannot read new events: payload.qty',
    ],
    ['a type changed', replace('qty', { type: 'string' }), 'payload.qty'],
    [
      'a type was widened, which old readers cannot follow',
      replace('qty', { type: 'long' }),
      'old readers cannot read new events: payload.qty',
    ],
    ['an amount became plain bytes', replace('amount', { type: 'bytes' }), 'payload.amount'],
    ['a time became a plain number', replace('paidAt', { type: 'long' }), 'payload.paidAt'],
    ['a field became nullable', replace('orderId', { type: ['null', 'string'] }), 'payload.orderId'],
    ['a nullable amount became another type', replace('fee', { type: ['null', 'string'] }), 'payload.fee'],
    ['a field was renamed', replace('qty', { name: 'quantity' }), 'payload.quantity'],
    [
      'a field of a line was added without default',
      replace('lines', {
        type: {
          type: 'array',
          items: {
            type: 'record',
            name: 'Line',
            fields: [
              { name: 'sku', type: 'string' },
              { name: 'qty', type: 'int' },
            ],
          },
        },
      }),
      'payload.lines[].qty',
    ],
  ])('names the field where %s', (_what, fields, problem) => {
    expect(incompatibilities(event(fields), event(base)).join('\n')).toContain(problem);
  });

  it('does not let an event move to another topic or key', () => {
    expect(incompatibilities(event(base, { key: 'note', topic: 'elsewhere' }), event(base))).toEqual([
      'topic changed from ecommerce.test.test to elsewhere',
      'key changed from orderId to note',
    ]);
  });
});

describe('incompatibleWith', () => {
  it('looks at every version, not only the last', () => {
    // Version 2 dropped `note`, so to bring it back with another type is fine for 2 and wrong for 1.
    const released = new Map([
      [1, event(base)],
      [2, event(without('note'))],
    ]);
    const next = event([...without('note'), { name: 'note', type: ['null', 'int'], default: null }]);
    const problems = incompatibleWith(next, released);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((problem) => problem.startsWith('version 1: '))).toBe(true);
  });
});
