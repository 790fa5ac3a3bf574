import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTimeOf } from '@tradewind/native/process-table.ts';
import { describe, expect, it } from 'vitest';
import {
  liveProcess,
  readState,
  saver,
  stateFile,
  stopOrder,
  writeJson,
  type ProcessState,
} from '#supervisor/state.ts';

const entry: ProcessState = {
  name: 'order',
  kind: 'service',
  port: 4004,
  ready: true,
  restarts: 0,
  held: false,
  stopSignal: 'SIGTERM',
  stopMs: 1,
};
const startTime = startTimeOf(process.pid) ?? 0;

describe('liveProcess', () => {
  it('knows a process by its number and start time', () => {
    expect(liveProcess({ ...entry, process: { pid: process.pid, startTime } })).toEqual({
      pid: process.pid,
      startTime,
    });
  });

  it('does not take a later process with the same number for it', () => {
    expect(
      liveProcess({ ...entry, process: { pid: process.pid, startTime: startTime - 1 } }),
    ).toBeUndefined();
    expect(liveProcess(entry)).toBeUndefined();
  });
});

describe('stopOrder', () => {
  it('takes services at once and before servers, servers in reverse', () => {
    const named = (name: string, kind: 'infra' | 'service') => ({ name, kind });
    const started = [
      named('postgres', 'infra'),
      named('kafka', 'infra'),
      named('order', 'service'),
      named('cart', 'service'),
    ];
    expect(stopOrder(started).map((group) => group.map((it) => it.name))).toEqual([
      ['order', 'cart'],
      ['kafka'],
      ['postgres'],
    ]);
    expect(stopOrder([])).toEqual([]);
  });
});

describe('state file', () => {
  it('is worth nothing after another boot', async () => {
    await inFolder(async (home) => {
      await writeJson(stateFile(home), {
        bootId: 'another',
        supervisor: { pid: 1, startTime: 1 },
        processes: [],
      });
      expect(await readState(home)).toBeUndefined();
      expect(await readState(join(home, 'nothing-here'))).toBeUndefined();
    });
  });

  it('ends with the last of many values saved at once', async () => {
    await inFolder(async (home) => {
      let value = 0;
      const save = saver(join(home, 'value.json'), () => value);
      await Promise.all(Array.from({ length: 20 }, () => (value++, save())));
      expect(JSON.parse(await readFile(join(home, 'value.json'), 'utf8'))).toBe(20);
    });
  });
});

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tw-state-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
