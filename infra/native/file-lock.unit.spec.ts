import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './file-lock.ts';
import { startTimeOf } from './process-table.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tw-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('withLock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'lock'), work)));
    expect(most).toBe(1);
  });

  it('takes over from a holder that has died, also where its number lives on in another process', async () => {
    const path = join(folder, 'lock');
    await writeFile(path, `${process.pid} ${(startTimeOf(process.pid) ?? 0) - 1}`);
    expect(await withLock(path, () => Promise.resolve('mine'))).toBe('mine');
  });

  it('is free again after a failure', async () => {
    const path = join(folder, 'lock');
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(path, () => Promise.resolve('next'))).toBe('next');
  });
});
