import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, type ProcessId } from '@tradewind/native/process-table.ts';

const POLL_MS = 50;

/** Resolves when exactly this process is gone, or with false after `ms`. */
export async function gone(id: ProcessId, ms = Number.POSITIVE_INFINITY): Promise<boolean> {
  for (const deadline = Date.now() + ms; isAlive(id);) {
    if (Date.now() >= deadline) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** Asks a process to end, and after `stopMs` ends it and what it has started. Never touches another process. */
export async function endProcess(id: ProcessId, stopSignal: NodeJS.Signals, stopMs: number): Promise<void> {
  signal(id, stopSignal);
  if (await gone(id, stopMs)) return;
  // Supervised processes lead their own group, so this reaches their children too.
  signal(id, 'SIGKILL', -id.pid);
  signal(id, 'SIGKILL');
  await gone(id);
}

function signal(id: ProcessId, name: NodeJS.Signals, target = id.pid): void {
  if (!isAlive(id)) return;
  try {
    process.kill(target, name);
  } catch (error) {
    // Gone between the look and the signal, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
