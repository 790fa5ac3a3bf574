import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isAlive, parseStat, residentBytes, startTimeOf } from './process-table.ts';

const after = (state: string, startTime: string): string =>
  `${state} 1 2 3 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 ${startTime} 5000 1`;

describe('parseStat', () => {
  it('finds the start time behind a command with blanks and brackets', () => {
    expect(parseStat(`42 (tmux: (a) b) ${after('S', '987')}`)).toBe(987);
  });

  it('counts a zombie as gone', () => {
    expect(parseStat(`42 (node) ${after('Z', '987')}`)).toBeUndefined();
  });
});

describe('process table', () => {
  it('sees this process, and not one that has ended', async () => {
    const child = spawn(process.execPath, ['-e', '0']);
    await once(child, 'exit');
    expect(startTimeOf(child.pid ?? 0)).toBeUndefined();
    expect(residentBytes(child.pid ?? 0)).toBe(0);
    expect(isAlive({ pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 })).toBe(true);
    expect(residentBytes(process.pid)).toBeGreaterThan(1_000_000);
  });
});
