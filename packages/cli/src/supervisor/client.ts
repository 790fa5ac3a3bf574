import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupError } from '@tradewind/native/run.ts';
import { ask, type Request } from './control.ts';
import { endProcess, gone } from './end-process.ts';
import { logFile, openLog } from './log-file.ts';
import {
  liveProcess,
  readState,
  specsFile,
  stateFile,
  stopOrder,
  supervisorAlive,
  type StackState,
} from './state.ts';

const START_MS = 15_000;

export type Supervisor = (request: Request) => Promise<StackState>;

/** The running supervisor of this TW_HOME, or undefined. */
export async function findSupervisor(home: string): Promise<Supervisor | undefined> {
  const state = await readState(home);
  if (!supervisorAlive(state)) return undefined;
  const { pid } = state.supervisor;
  return (request) => ask(pid, request);
}

/** The running supervisor; SetupError where the stack is not up. */
export async function requireSupervisor(home: string): Promise<Supervisor> {
  const found = await findSupervisor(home);
  if (found === undefined) throw new SetupError(`no stack is running in ${home}`, './tw up');
  return found;
}

/** The running supervisor, or a new one, detached from this terminal; it takes over what a killed one has left. */
export async function startSupervisor(home: string): Promise<Supervisor> {
  const found = await findSupervisor(home);
  if (found !== undefined) return found;
  await mkdir(home, { recursive: true });
  const log = openLog(home, 'supervisor');
  const main = fileURLToPath(import.meta.resolve('./main.ts'));
  const child = spawn(process.execPath, [main], { cwd: home, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await pause(50)) {
    const supervisor = await findSupervisor(home);
    if (supervisor !== undefined) return supervisor;
    if (child.exitCode !== null) break;
  }
  throw new SetupError('the supervisor did not start', `see ${logFile(home, 'supervisor')}`);
}

/** Stops what the state names, and nothing else, with or without a living supervisor. Returns the names stopped. */
export async function stopEverything(home: string): Promise<string[]> {
  const state = await readState(home);
  if (state === undefined) return [];
  const alive = state.processes.filter((entry) => liveProcess(entry) !== undefined);
  if (supervisorAlive(state)) {
    const asked = await ask(state.supervisor.pid, { op: 'shutdown' }).then(
      () => true,
      () => false,
    );
    if (asked) await gone(state.supervisor);
    else await endProcess(state.supervisor, 'SIGKILL', 0);
  }
  // Where the supervisor was there, all of this is done already and finds nothing alive.
  for (const group of stopOrder(alive)) {
    await Promise.all(
      group.map(async (entry) => {
        const id = liveProcess(entry);
        if (id !== undefined) await endProcess(id, entry.stopSignal, entry.stopMs);
      }),
    );
  }
  await Promise.all([stateFile(home), specsFile(home)].map((path) => rm(path, { force: true })));
  return alive.map((entry) => entry.name);
}
