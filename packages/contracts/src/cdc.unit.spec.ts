import { describe, expect, it } from 'vitest';
import { cdcType, createCdcDecoder, readerOf } from '#cdc.ts';
import { cdcTables } from '#cdc-tables.ts';
import { loadTopics } from '#topics.ts';

const time = { type: 'string', 'connect.name': 'io.debezium.time.ZonedTimestamp' };
const optional = (name: string, type: unknown) => ({ name, type: ['null', type], default: null });

/** As the connector registers it, with a column that we do not know. */
const written = {
  type: 'record',
  name: 'Value',
  namespace: 'cdc.inventory.public.inventory_adjustment',
  'connect.name': 'cdc.inventory.public.inventory_adjustment.Value',
  fields: [
    ...['store_id', 'adjustment_id', 'location_id', 'sku', 'product_id'].map((name) => ({
      name,
      type: 'string',
    })),
    { name: 'delta', type: 'int' },
    { name: 'reason', type: 'string' },
    optional('reservation_id', 'string'),
    optional('device_id', 'string'),
    optional('seq', 'long'),
    { name: 'on_hand_after', type: 'int' },
    { name: 'created_at', type: time },
    optional('shelf', 'string'),
    optional('__deleted', 'string'),
    optional('__op', 'string'),
    optional('__source_ts_ms', 'long'),
    optional('__source_lsn', 'long'),
  ],
};
const row = {
  store_id: 'STORE-1',
  adjustment_id: 'A-1',
  location_id: 'STORE-1',
  sku: 'MUG',
  product_id: 'P-1',
  delta: -3,
  reason: 'SENSOR',
  reservation_id: null,
  device_id: 'device-1',
  // Above 2^53.
  seq: 9_007_199_254_740_993n,
  on_hand_after: 7,
  created_at: '2026-11-21T10:00:00.123456Z',
};
const message = (value: object, more = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), cdcType(written).toBuffer({ shelf: 'A3', ...value }), more]);
const told = { __deleted: 'false', __op: 'c', __source_ts_ms: 1_700_000_000_000n, __source_lsn: 42n };

describe('a row of change data capture', () => {
  const read = readerOf(written);

  it('is read by our columns, with every bit of a long', () => {
    expect(read(message({ ...row, ...told }))).toEqual({
      topic: 'cdc.inventory.public.inventory_adjustment',
      operation: 'created',
      row,
      committedAtMs: 1_700_000_000_000,
      lsn: 42n,
    });
  });

  it.each([
    ['r', 'false', 'read'],
    ['u', 'false', 'updated'],
    ['d', 'true', 'deleted'],
  ])('says that it was %s', (__op, __deleted, operation) => {
    expect(read(message({ ...row, ...told, __op, __deleted })).operation).toBe(operation);
  });

  it('is refused with bytes too few or too many, or without an operation, or with text that nothing stores', () => {
    const whole = message({ ...row, ...told });
    for (const bytes of [
      whole.subarray(0, -3),
      message({ ...row, ...told }, Buffer.of(1)),
      message({ ...row, ...told, __op: null }),
      message({ ...row, ...told, reason: 'a\0' }),
    ])
      expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
  });

  it('is refused of a table that is none of ours, and where a column of ours is missing', () => {
    expect(() => readerOf({ ...written, namespace: 'cdc.cart.public.carts' })).toThrow(
      expect.objectContaining({ code: 'EVENT_UNKNOWN' }),
    );
    const fields = written.fields.filter(({ name }) => name !== 'sku');
    expect(() => readerOf({ ...written, fields })).toThrow(/sku/);
  });
});

describe('decoder', () => {
  it('passes tombstones over and refuses what has no schema', () => {
    const decoder = createCdcDecoder({ url: 'http://127.0.0.1:9' });
    expect(decoder.decode(Buffer.alloc(0))).toBeUndefined();
    expect(() => decoder.decode(Buffer.from('{}'))).toThrow(
      expect.objectContaining({ code: 'EVENT_MALFORMED' }),
    );
  });
});

describe('topics of rows', () => {
  it('are declared, and keep the last state of every row', () => {
    const byName = new Map(loadTopics().map((topic) => [topic.name, topic]));
    for (const topic of Object.keys(cdcTables))
      expect(byName.get(topic)?.config).toMatchObject({ 'cleanup.policy': 'compact' });
  });
});
