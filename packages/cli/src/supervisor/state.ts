import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootId, isAlive, type ProcessId } from '@tradewind/native/process-table.ts';
import type { ProcessSpec } from './spec.ts';

/** One supervised process as `state.json` shows it. `process` is absent while it is down. */
export interface ProcessState {
  name: string;
  kind: ProcessSpec['kind'];
  port: number;
  process?: ProcessId;
  ready: boolean;
  restarts: number;
  /** Stopped on purpose (`tw stop`): stays down until somebody starts it. */
  held: boolean;
  /** Exit code or signal of its last end. */
  lastExit?: string;
  stopSignal: NodeJS.Signals;
  stopMs: number;
}

export interface StackState {
  /** Pids and start times mean nothing in another boot. */
  bootId: string;
  supervisor: ProcessId;
  /** In the order of their start. */
  processes: ProcessState[];
}

export const stateFile = (home: string): string => join(home, 'state.json');
export const specsFile = (home: string): string => join(home, 'specs.json');

/** State of an earlier or running supervisor; undefined where there is none, or it is from before the last boot. */
export async function readState(home: string): Promise<StackState | undefined> {
  const state = await readJson<StackState>(stateFile(home));
  return state?.bootId === bootId() ? state : undefined;
}

/** Specs hold passwords: 0600. */
export async function readSpecs(home: string): Promise<ProcessSpec[]> {
  return (await readJson<ProcessSpec[]>(specsFile(home))) ?? [];
}

export function supervisorAlive(state: StackState | undefined): state is StackState {
  return state !== undefined && isAlive(state.supervisor);
}

/** The live process of a state entry; undefined where it has ended or its number now belongs to another. */
export function liveProcess(entry: ProcessState): ProcessId | undefined {
  return entry.process !== undefined && isAlive(entry.process) ? entry.process : undefined;
}

/** Services first, all at once; then servers one by one in reverse order of their start. */
export function stopOrder<T extends { kind: ProcessSpec['kind'] }>(started: T[]): T[][] {
  const services = started.filter((it) => it.kind === 'service');
  const servers = started.filter((it) => it.kind === 'infra').reverse();
  return [services, ...servers.map((it) => [it])].filter((group) => group.length > 0);
}

/** Written under another name and renamed: a reader sees the old or the new file, never a part. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.part`;
  await writeFile(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/**
 * Saves what `value` answers, one write at a time, and once more where it was called meanwhile: the last value always
 * reaches the disk, and resolves only then.
 */
export function saver(path: string, value: () => unknown): () => Promise<void> {
  let dirty = false;
  let writing: Promise<void> | undefined;
  return () => {
    dirty = true;
    writing ??= (async () => {
      while (dirty) {
        dirty = false;
        await writeJson(path, value());
      }
    })().finally(() => (writing = undefined));
    return writing;
  };
}

export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
