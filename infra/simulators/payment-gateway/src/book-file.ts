import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Entry } from '#book.ts';

/** The book on disk: one JSON line per entry. What was written survives a `kill -9` of the process. */
export interface BookFile {
  readonly entries: readonly Entry[];
  append(entry: Entry): void;
  close(): void;
}

export function openBookFile(path: string): BookFile {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'a+');
  const text = readFileSync(path, 'utf8');
  // A line without its end was being written when the process died: nobody was told of it.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  const entries = whole.split('\n').filter(Boolean).map(parse);
  return {
    entries,
    append: (entry) => void writeSync(fd, `${format(entry)}\n`),
    close() {
      fsyncSync(fd);
      closeSync(fd);
    },
  };
}

const format = (entry: Entry): string => JSON.stringify({ ...entry, amount: String(entry.amount) });

function parse(line: string): Entry {
  const entry = JSON.parse(line) as Omit<Entry, 'amount'> & { amount: string };
  return { ...entry, amount: BigInt(entry.amount) } as Entry;
}
