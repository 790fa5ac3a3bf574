import { rm } from 'node:fs/promises';
import { bootId, isAlive, startTimeOf } from '@tradewind/native/process-table.ts';
import { listen, type Reply, type Request } from './control.ts';
import {
  liveProcess,
  readSpecs,
  readState,
  specsFile,
  stateFile,
  stopOrder,
  saver,
  type StackState,
} from './state.ts';
import { supervise, type Supervised } from './supervise.ts';
import type { ProcessSpec } from './spec.ts';

// The process that `tw up` leaves behind. Started in TW_HOME; takes over what a killed predecessor has left running.
const home = process.cwd();
const children = new Map<string, Supervised>();
const me = { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 };

const state = (): StackState => ({
  bootId: bootId(),
  supervisor: me,
  processes: [...children.values()].map((child) => child.state()),
});

const save = saver(stateFile(home), state);
const saveSpecs = saver(specsFile(home), () => [...children.values()].map((child) => child.spec()));

async function ensure(spec: ProcessSpec): Promise<void> {
  const known = children.get(spec.name);
  const child = known ?? supervise(spec, { home, changed: () => void save() });
  children.set(spec.name, child);
  await child.ensure(spec);
  await saveSpecs();
}

async function shutdown(): Promise<void> {
  for (const group of stopOrder(
    [...children.values()].map((child) => ({ kind: child.spec().kind, child })),
  )) {
    await Promise.all(group.map(({ child }) => child.stop(false)));
  }
  await Promise.all([save(), saveSpecs()]);
  await Promise.all(
    [stateFile(home), specsFile(home), 'control.sock'].map((path) => rm(path, { force: true })),
  );
}

async function handle(request: Request): Promise<Reply> {
  switch (request.op) {
    case 'state':
      break;
    case 'ensure':
      await ensure(request.spec);
      break;
    case 'start':
      named(request.name).start();
      break;
    case 'stop':
      await named(request.name).stop(true);
      break;
    case 'remove':
      await named(request.name).stop(true);
      children.delete(request.name);
      await Promise.all([save(), saveSpecs()]);
      break;
    case 'shutdown':
      await shutdown();
      setImmediate(() => process.exit(0));
      break;
    default:
      return request satisfies never;
  }
  return { ok: true, state: state() };
}

function named(name: string): Supervised {
  const child = children.get(name);
  if (child === undefined)
    throw new Error(`no process named ${name}; there are ${[...children.keys()].join(', ')}`);
  return child;
}

const before = await readState(home);
if (before !== undefined && isAlive(before.supervisor))
  throw new Error(`already supervised by process ${before.supervisor.pid}`);
const earlier = before?.processes ?? [];
for (const spec of before === undefined ? [] : await readSpecs(home)) {
  const entry = earlier.find((it) => it.name === spec.name);
  const adopt = entry === undefined ? undefined : liveProcess(entry);
  children.set(
    spec.name,
    supervise(spec, { home, changed: () => void save(), ...(adopt === undefined ? {} : { adopt }) }),
  );
}
await rm('control.sock', { force: true });
await listen(handle);
await save();
for (const name of ['SIGTERM', 'SIGINT'] as const)
  process.on(name, () => void shutdown().then(() => process.exit(0)));
process.on('SIGHUP', () => undefined);
