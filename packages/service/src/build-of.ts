import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a certificate says about the code: its commit where there is one, else what the image or the package calls itself. */
export async function buildOf(env: NodeJS.ProcessEnv, folder = process.cwd()): Promise<string> {
  const named = env['BUILD_COMMIT'];
  if (named !== undefined && named !== '') return named;
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', ['-C', folder, ...args])).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    const changed = await git('status', '--porcelain', '--untracked-files=no');
    return changed === '' ? commit : `${commit}+changed`;
  } catch {
    const text = await readFile(join(folder, 'package.json'), 'utf8');
    return `version ${(JSON.parse(text) as { version: string }).version}`;
  }
}
