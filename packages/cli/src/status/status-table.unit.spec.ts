import { describe, expect, it } from 'vitest';
import { statusTable, type StatusRow } from '#status/status-table.ts';

const row: StatusRow = {
  name: 'order',
  up: true,
  ready: true,
  pid: 42,
  memory: 64 * 2 ** 20,
  port: 4004,
  lag: 3,
  restarts: 0,
  held: false,
};

describe('statusTable', () => {
  it('aligns its columns', () => {
    const down = {
      ...row,
      name: 'payment-adapter',
      up: false,
      ready: false,
      held: true,
      pid: null,
      memory: null,
      lag: null,
    };
    expect(statusTable([row, down]).split('\n')).toEqual([
      'NAME             UP    READY  PID  MEMORY  PORT  LAG  RESTARTS',
      'order            yes   yes    42   64 MB   4004  3    0',
      'payment-adapter  held  no     -    -       4004  -    0',
    ]);
  });
});
