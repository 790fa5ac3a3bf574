import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface SourceFile {
  /** From the root of the checkout, with `/`. */
  readonly path: string;
  readonly text: string;
}

export const checkout = fileURLToPath(new URL('../../', import.meta.url));

const NEVER = /(?:^|\/)(?:node_modules|dist|\.run|\.git|\.turbo|coverage)(?:\/|$)/;
const BINARY = /\.(?:bin|binpb|wasm|png|ico|svg|woff2|gz)$/;

/** Every text file of the checkout but the lock file: as git knows them, or all there are where git does not. */
export function sourceTree(): SourceFile[] {
  return paths()
    .filter((path) => !NEVER.test(path) && !BINARY.test(path) && path !== 'pnpm-lock.yaml')
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(`${checkout}${path}`, 'utf8') }];
      } catch (error) {
        // Deleted, and git has not been told.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    });
}

function paths(): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: checkout,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (listed !== '') return [...new Set(listed.split('\0'))].filter((path) => path !== '');
  } catch {
    // No git here, or no repository (an exported tree): the folders say what there is.
  }
  return globSync('**/*', { cwd: checkout, withFileTypes: true, exclude: (entry) => NEVER.test(entry.name) })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(checkout.length));
}
