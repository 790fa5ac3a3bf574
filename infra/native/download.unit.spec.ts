import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderDigest } from './digest.ts';
import { assembleOnce } from './download.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tw-cache-'));
});
afterEach(() => rm(cache, { recursive: true }));

const digest = (folder: string): Promise<string> => folderDigest(folder, '.jar').catch(() => '');

async function assemble(text: string, expected?: string): Promise<{ folder: string; built: number }> {
  let built = 0;
  const folder = await assembleOnce({
    cache,
    name: 'thing-1',
    expected: expected ?? (await digestOf(text)),
    build: async (target) => {
      built += 1;
      await writeFile(join(target, 'a.jar'), text);
    },
    digest,
  });
  return { folder, built };
}

async function digestOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tw-digest-'));
  await writeFile(join(folder, 'a.jar'), text);
  const answer = await digest(folder);
  await rm(folder, { recursive: true });
  return answer;
}

describe('assembleOnce', () => {
  it('builds once, then uses what is there', async () => {
    expect((await assemble('x')).built).toBe(1);
    const again = await assemble('x');
    expect(again.built).toBe(0);
    expect(await readFile(join(again.folder, 'a.jar'), 'utf8')).toBe('x');
  });

  it('builds again what was damaged', async () => {
    const { folder } = await assemble('x');
    await writeFile(join(folder, 'a.jar'), 'half');
    expect((await assemble('x')).built).toBe(1);
    expect(await readFile(join(folder, 'a.jar'), 'utf8')).toBe('x');
  });

  it('refuses what is not what was pinned, and leaves nothing behind', async () => {
    await expect(assemble('x', 'something else')).rejects.toThrow('expected something else');
    expect(await readdir(cache)).toEqual(['locks']);
  });

  it('lets two builders at once build once', async () => {
    const both = await Promise.all([assemble('x'), assemble('x')]);
    expect(both[0].built + both[1].built).toBe(1);
  });
});
