import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, startTimeOf } from './process-table.ts';

const RETRY_MS = 200;
const SETTLE_MS = 30;
/** An empty lock file this old belongs to a process that died between creating and filling it. */
const EMPTY_MS = 5_000;

/**
 * Runs `work` while holding a lock file, waiting for whoever holds it. The file names its holder by pid and start time,
 * so a lock left behind by a killed process is taken over at once and never by mistake from a live one.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  // The first failure may only have cleared away a stale lock.
  for (let tries = 1; !(await take(path)); tries++) {
    if (tries === 2) onWait?.();
    await pause(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  const mine = `${process.pid} ${startTimeOf(process.pid)}`;
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(mine);
    await file.close();
    // Two waiters may both have found the old lock stale, and the slower one may just have removed this new one.
    await pause(SETTLE_MS);
    return (await readFile(path, 'utf8').catch(() => '')) === mine;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (await isStale(path)) await rm(path, { force: true });
  return false;
}

async function isStale(path: string): Promise<boolean> {
  const [text, info] = await Promise.all([
    readFile(path, 'utf8').catch(() => undefined),
    stat(path).catch(() => undefined),
  ]);
  if (text === undefined || info === undefined) return false;
  const [pid, startTime] = text.split(' ').map(Number);
  if (pid === undefined || startTime === undefined) return Date.now() - info.mtimeMs > EMPTY_MS;
  return !isAlive({ pid, startTime });
}
