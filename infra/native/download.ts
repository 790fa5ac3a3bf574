import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './file-lock.ts';
import { SetupError } from './run.ts';

/**
 * Makes `<cache>/<name>` once for all checkouts: built under another name, checked, then renamed, so that a half-made
 * folder never carries the real name. `digest` is compared with `expected` at assembly and, as written down then, on
 * every later start; a folder that no longer agrees is made again.
 */
export async function assembleOnce(options: {
  cache: string;
  name: string;
  expected: string;
  build: (folder: string) => Promise<void>;
  digest: (folder: string) => Promise<string>;
}): Promise<string> {
  const { cache, name, expected, build, digest } = options;
  const folder = join(cache, name);
  const intact = async (): Promise<boolean> => {
    const noted = await readFile(join(folder, 'DIGEST'), 'utf8').catch(() => '');
    return noted.trim() === expected && (await digest(folder)) === expected;
  };
  if (await intact()) return folder;
  return withLock(join(cache, 'locks', name), async () => {
    if (await intact()) return folder;
    // Holding the lock, nobody else is building: what is there was left by a process that was killed.
    const draft = `${folder}.part`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    try {
      await build(draft);
      const got = await digest(draft);
      if (got !== expected)
        throw new SetupError(`${name}: what was downloaded has digest ${got}, expected ${expected}`);
      await writeFile(join(draft, 'DIGEST'), `${expected}\n`);
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    return folder;
  });
}
