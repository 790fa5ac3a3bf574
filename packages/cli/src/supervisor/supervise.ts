import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { startTimeOf, type ProcessId } from '@tradewind/native/process-table.ts';
import { nextPause } from './backoff.ts';
import { endProcess, gone } from './end-process.ts';
import { openLog, rotateLog } from './log-file.ts';
import { isReady } from './probe.ts';
import { specDigest, type ProcessSpec } from './spec.ts';
import type { ProcessState } from './state.ts';

const UNREADY_POLL_MS = 150;
const READY_POLL_MS = 2_000;

export interface Supervised {
  spec(): ProcessSpec;
  state(): ProcessState;
  /** Runs it by this spec: at once, or by a restart where the spec has changed. */
  ensure(spec: ProcessSpec): Promise<void>;
  start(): void;
  /** Resolves when it is down. `hold` keeps it down until `start` or `ensure`. */
  stop(hold: boolean): Promise<void>;
}

export interface SuperviseOptions {
  home: string;
  changed: () => void;
  /** A process of a supervisor that died: looked after from now on as if it were our own child. */
  adopt?: ProcessId;
}

/** Keeps one process running: restarts it when it ends, with growing pauses, and watches whether it serves. */
export function supervise(initial: ProcessSpec, { home, changed, adopt }: SuperviseOptions): Supervised {
  let spec = initial;
  let wanted = false;
  let held = false;
  let running: ProcessId | undefined;
  let loop: Promise<void> | undefined;
  let wake = (): void => undefined;
  let ready = false;
  let restarts = 0;
  let lastExit: string | undefined;

  const set = (change: () => void): void => {
    change();
    changed();
  };

  async function keepRunning(first: ProcessId | undefined): Promise<void> {
    let pauseMs: number | undefined;
    for (let next = first; wanted; next = undefined) {
      const { id, ended } =
        next === undefined ? launch(spec, home) : { id: next, ended: gone(next).then(() => 'unknown') };
      set(() => (running = id));
      let readySince = 0;
      const watching = id === undefined ? undefined : watch(() => (readySince ||= Date.now()));
      const exit = await ended;
      watching?.();
      set(() => {
        running = undefined;
        ready = false;
        lastExit = exit;
      });
      if (!wanted) return;
      pauseMs = nextPause(pauseMs, readySince === 0 ? 0 : Date.now() - readySince);
      await sleep(pauseMs);
      if (wanted) set(() => (restarts += 1));
    }
  }

  /** Asks again and again until told to end: often while it starts, seldom once it serves. */
  function watch(onReady: () => void): () => void {
    let on = true;
    const ask = async (): Promise<void> => {
      while (on) {
        const now = await isReady(spec.probe);
        if (!on) return;
        if (now) onReady();
        if (now !== ready) set(() => (ready = now));
        rotateLog(home, spec.name);
        await new Promise((next) => setTimeout(next, ready ? READY_POLL_MS : UNREADY_POLL_MS));
      }
    };
    void ask();
    return () => (on = false);
  }

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  function start(first?: ProcessId): void {
    // Wanted already, but perhaps resting after a crash: whoever asks now does not want to wait.
    if (wanted) return wake();
    wanted = true;
    set(() => (held = false));
    const before = loop ?? Promise.resolve();
    loop = before.then(() => keepRunning(first));
  }

  async function stop(hold: boolean): Promise<void> {
    wanted = false;
    wake();
    if (running !== undefined) await endProcess(running, spec.stopSignal, spec.stopMs);
    await loop;
    set(() => (held = hold));
  }

  if (adopt !== undefined) start(adopt);
  return {
    spec: () => spec,
    state: () => ({
      name: spec.name,
      kind: spec.kind,
      port: spec.port,
      ...(running === undefined ? {} : { process: running }),
      ready,
      restarts,
      held,
      ...(lastExit === undefined ? {} : { lastExit }),
      stopSignal: spec.stopSignal,
      stopMs: spec.stopMs,
    }),
    ensure: async (next) => {
      if (wanted && specDigest(next) !== specDigest(spec)) await stop(false);
      spec = next;
      start();
    },
    start,
    stop,
  };
}

function launch(spec: ProcessSpec, home: string): { id: ProcessId | undefined; ended: Promise<string> } {
  const log = openLog(home, spec.name);
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ['ignore', log, log],
    // Its own session: a ctrl-C in the terminal of `tw up` does not reach it.
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(String(code ?? signal)));
  });
  const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid);
  return {
    id: child.pid === undefined || startTime === undefined ? undefined : { pid: child.pid, startTime },
    ended,
  };
}
