import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from './read-schemas.ts';

const schemas = join(root, 'schemas');
export const protoImage = join(schemas, 'released/proto.binpb');

/** Runs buf in schemas/. Throws with its output where it finds something. */
export function buf(...args: string[]): void {
  const command = join(root, 'packages/contracts/node_modules/.bin/buf');
  // The ts-proto plugin is a script: it must run on the Node that runs us.
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
  };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: schemas, env, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`buf ${args[0]}:\n${stdout}${stderr}`);
}

/** Lint, and every message and method still as the last release had them. */
export function checkProto(): void {
  buf('lint');
  buf('format', '--diff', '--exit-code');
  if (existsSync(protoImage)) buf('breaking', '--against', protoImage);
}

/** The TypeScript of every .proto, by path below the target folder. */
export function emitProto(): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'proto-'));
  try {
    buf('generate', '--output', folder);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    return new Map(files.sort().map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
