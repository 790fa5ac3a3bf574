import { describe, expect, it } from 'vitest';
import { failureOf, type ConnectorStatus } from './connect-client.ts';
import { diagnose, notedPosition } from './diagnosis.ts';
import { captureRow, describeCapture } from './show.ts';
import type { Slot } from './slots.ts';

const slot: Slot = {
  name: 'cdc_order',
  database: 'order',
  active: true,
  state: 'reserved',
  lagBytes: 120,
  retainedBytes: 54_000,
  confirmed: 500n,
};
const running: ConnectorStatus = { connector: { state: 'RUNNING' }, tasks: [{ id: 0, state: 'RUNNING' }] };
const trace = `org.apache.kafka.connect.errors.ConnectException: An exception occurred
\tat io.debezium.Some.java
Caused by: org.postgresql.util.PSQLException: ERROR: permission denied for table orders
\tat org.postgresql.Some.java`;
const failed: ConnectorStatus = {
  connector: { state: 'RUNNING' },
  tasks: [{ id: 0, state: 'FAILED', trace }],
};
const stopped: ConnectorStatus = { connector: { state: 'STOPPED' }, tasks: [] };
const offsets = [{ offset: { lsn: 490, lsn_proc: 520, lsn_commit: 480, txId: 9_999 } }];

describe('diagnose', () => {
  it.each([
    ['absent', { status: undefined, slot, offsets }],
    ['streaming', { status: running, slot, offsets }],
    ['starting', { status: running, slot: { ...slot, active: false }, offsets }],
    ['starting', { status: running, slot: undefined, offsets: [] }],
    ['stopped', { status: stopped, slot, offsets }],
    ['failed', { status: failed, slot, offsets }],
    ['gap', { status: running, slot: undefined, offsets }],
    ['gap', { status: stopped, slot: { ...slot, state: 'lost' as const }, offsets }],
    ['gap', { status: failed, slot: { ...slot, confirmed: 521n }, offsets }],
  ])('%s', (condition, observation) => {
    expect(diagnose(observation).condition).toBe(condition);
  });

  it('takes the furthest place that was noted, and none from an offset without places', () => {
    expect(notedPosition(offsets)).toBe(520n);
    expect(notedPosition([{ offset: { txId: 1 } }])).toBeUndefined();
  });
});

describe('failureOf', () => {
  it('is the root cause, without its class and its stack', () => {
    expect(failureOf(failed)).toBe('ERROR: permission denied for table orders');
    expect(failureOf(running)).toBeUndefined();
  });
});

describe('describeCapture', () => {
  it('shows each connector, and what to do about a gap', () => {
    const rows = [
      captureRow({ name: 'order', slot: 'cdc_order' }, { condition: 'streaming', slot }),
      captureRow(
        { name: 'product', slot: 'cdc_product' },
        { ...diagnose({ status: running, slot: undefined, offsets }), slot: undefined },
      ),
    ];
    expect(describeCapture(rows).split('\n')).toEqual([
      'CONNECTOR  STATE      SLOT         IS       BEHIND  KEPT',
      'order      streaming  cdc_order    active   120 B   54 kB',
      'product    gap        cdc_product  missing  -       -',
      'product: its replication slot is gone',
      '  → ./tw cdc repair product',
    ]);
  });
});
