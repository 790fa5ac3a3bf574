import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { attempt, run, SetupError } from '@tradewind/native/run.ts';

/** Links the new package into the workspace and writes it into the lock file, with the pnpm that the launcher brought. */
export async function install(root: string, cache: string): Promise<void> {
  const launchers = readdirSync(cache, { withFileTypes: true })
    .filter((entry) => /^pnpm-\d+\.\d+\.\d+$/.test(entry.name))
    .map(({ name }) => join(cache, name, 'node_modules/.bin'));
  const env = { ...process.env, CI: 'true', PATH: [...launchers, process.env['PATH']].join(delimiter) };
  const { code, output } = await attempt(
    'pnpm',
    ['install', '--no-frozen-lockfile', '--config.engine-strict=false', ...store(root)],
    { cwd: root, env },
  );
  if (code === 0) return;
  const tail = output.trim().split('\n').slice(-8).join('\n');
  throw new SetupError(`pnpm install failed (${code}); the files are written\n${tail}`, 'pnpm install');
}

/** What is installed already came from this store; pnpm would throw it away to change to another. */
function store(root: string): string[] {
  const modules = readFileSync(join(root, 'node_modules/.modules.yaml'), 'utf8');
  const folder = /"storeDir": "(.*)\/v\d+"/.exec(modules)?.[1];
  return folder === undefined ? [] : ['--store-dir', folder];
}

/** Names of all lengths, and the lines still are as long as prettier has them. */
export async function format(root: string, paths: readonly string[]): Promise<void> {
  const program = join(root, 'node_modules/prettier/bin/prettier.cjs');
  const known = paths.filter((path) => !path.endsWith('.sql'));
  await run(process.execPath, [program, '--write', ...known], { cwd: root });
}
