import { open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 250;

/**
 * The last `count` lines of a file, and from then on each new one until the signal; a file that is cut (rotated) is read
 * from its new beginning. Without `follow` it ends at the end of the file.
 */
export async function* follow(
  path: string,
  count: number,
  options: { follow: boolean; signal?: AbortSignal },
): AsyncGenerator<string> {
  let position = 0;
  let rest = '';
  let first = true;
  while (options.signal?.aborted !== true) {
    const size = (await stat(path).catch(() => undefined))?.size ?? 0;
    if (size < position) position = 0;
    if (size > position) {
      const text = rest + (await readRange(path, position, size));
      position = size;
      const lines = text.split('\n');
      rest = lines.pop() ?? '';
      yield* first ? lines.slice(-count) : lines;
      first = false;
    } else if (options.follow) {
      first = false;
      await pause(POLL_MS);
    }
    if (!options.follow && size <= position) return;
  }
}

async function readRange(path: string, from: number, to: number): Promise<string> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(to - from);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
