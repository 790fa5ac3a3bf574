import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, startTimeOf, type ProcessId } from '@tradewind/native/process-table.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSupervisor, startSupervisor, stopEverything } from '#supervisor/client.ts';
import type { ProcessSpec } from '#supervisor/spec.ts';
import { readState, type ProcessState } from '#supervisor/state.ts';

const SERVER = `require('node:http').createServer((_, res) => res.end('ok')).listen(Number(process.env.PORT), '127.0.0.1')`;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tw-supervisor-'));
});
afterEach(async () => {
  await stopEverything(home);
  await rm(home, { recursive: true });
});

async function spec(env: Record<string, string> = {}): Promise<ProcessSpec> {
  const port = await freePort();
  return {
    name: 'tiny',
    kind: 'service',
    command: process.execPath,
    args: ['-e', SERVER],
    env: { PORT: String(port), ...env },
    cwd: home,
    port,
    probe: { kind: 'http', url: `http://127.0.0.1:${port}` },
    stopSignal: 'SIGTERM',
    stopMs: 2_000,
  };
}

/** The entry once it serves, in a process other than `before`. */
function serving(before?: ProcessId): Promise<ProcessState & { process: ProcessId }> {
  return eventually(async () => {
    const entry = (await readState(home))?.processes[0];
    if (entry?.process === undefined || !entry.ready) throw new Error('not ready');
    expect(entry.process).not.toEqual(before);
    return { ...entry, process: entry.process };
  });
}

describe('supervisor', () => {
  it('starts a killed process again', async () => {
    const supervisor = await startSupervisor(home);
    await supervisor({ op: 'ensure', spec: await spec() });
    const first = await serving();
    process.kill(first.process.pid, 'SIGKILL');
    const second = await serving(first.process);
    expect(second).toMatchObject({ restarts: 1, lastExit: 'SIGKILL', port: first.port });
  });

  it('holds a stopped process down until it is started', async () => {
    const supervisor = await startSupervisor(home);
    await supervisor({ op: 'ensure', spec: await spec() });
    const { process: before } = await serving();
    const stopped = await supervisor({ op: 'stop', name: 'tiny' });
    expect(stopped.processes[0]).toMatchObject({ held: true, ready: false });
    expect(isAlive(before)).toBe(false);
    await supervisor({ op: 'start', name: 'tiny' });
    expect((await serving(before)).held).toBe(false);
  });

  it('leaves an unchanged process alone and restarts a changed one', async () => {
    const supervisor = await startSupervisor(home);
    const same = await spec();
    await supervisor({ op: 'ensure', spec: same });
    const { process: first } = await serving();
    await supervisor({ op: 'ensure', spec: same });
    expect((await serving()).process).toEqual(first);
    await supervisor({ op: 'ensure', spec: { ...same, env: { ...same.env, TW_FAILPOINT: 'x' } } });
    await serving(first);
  });

  it('hands over to a new supervisor when it was killed, without a restart', async () => {
    await (
      await startSupervisor(home)
    )({ op: 'ensure', spec: await spec() });
    const { process: child } = await serving();
    const { supervisor } = (await readState(home)) ?? {};
    process.kill(supervisor?.pid ?? 0, 'SIGKILL');
    await eventually(async () => expect(await findSupervisor(home)).toBeUndefined());
    expect(isAlive(child)).toBe(true);

    await startSupervisor(home);
    expect((await serving()).process).toEqual(child);
    process.kill(child.pid, 'SIGKILL');
    await serving(child);
  });

  it('is stopped with all its processes, dead or alive itself', async () => {
    await (
      await startSupervisor(home)
    )({ op: 'ensure', spec: await spec() });
    const { process: child } = await serving();
    const { supervisor } = (await readState(home)) ?? {};
    process.kill(supervisor?.pid ?? 0, 'SIGKILL');
    await eventually(() => expect(startTimeOf(supervisor?.pid ?? 0)).toBeUndefined());
    expect(await stopEverything(home)).toEqual(['tiny']);
    expect(isAlive(child)).toBe(false);
    expect(await stopEverything(home)).toEqual([]);
  });
});
