import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file, hex. */
export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** One digest for a whole folder: SHA-256 over its sorted `<digest>  <name>` lines, as `sha256sum * | sha256sum` prints it. */
export async function folderDigest(folder: string, suffix: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(suffix)).sort();
  const all = createHash('sha256');
  for (const name of names) all.update(`${await fileDigest(join(folder, name))}  ${name}\n`);
  return all.digest('hex');
}
