import { readFileSync } from 'node:fs';

/** A process, safe against reuse of its number: the start time is in clock ticks since boot. */
export interface ProcessId {
  pid: number;
  startTime: number;
}

/** Start time of a live process from `/proc/<pid>/stat`; undefined where it is gone or a zombie. */
export function startTimeOf(pid: number): number | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  return parseStat(text);
}

/** Field 22 of a stat line. The command (field 2) may hold blanks and brackets, so counting begins behind its last `)`. */
export function parseStat(text: string): number | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const startTime = Number(fields[19]);
  return Number.isSafeInteger(startTime) && startTime > 0 ? startTime : undefined;
}

/** True while exactly this process lives: a later one that was given the same number is another process. */
export function isAlive(id: ProcessId): boolean {
  return startTimeOf(id.pid) === id.startTime;
}

/** Resident memory in bytes, 0 where the process is gone. */
export function residentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? 0 : Number(kib) * 1024;
  } catch {
    return 0;
  }
}

/** Start times count from boot: this tells two boots apart. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
