import { copyFileSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const MAX_BYTES = 32 * 1024 * 1024;

export const logFile = (home: string, name: string): string => join(home, 'logs', `${name}.log`);

/** Opened for appending and handed to the process itself: it goes on writing when the supervisor is killed. */
export function openLog(home: string, name: string): number {
  mkdirSync(join(home, 'logs'), { recursive: true });
  return openSync(logFile(home, name), 'a', 0o600);
}

/** Keeps one older part. The file is cut in place, since its writer holds it open. */
export function rotateLog(home: string, name: string, maxBytes = MAX_BYTES): void {
  const path = logFile(home, name);
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= maxBytes) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path, 0);
}
