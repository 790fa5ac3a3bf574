import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Entry } from '#messages.ts';

/** The messages on disk: one JSON line per entry. What was written survives a `kill -9` of the process. */
export interface MessagesFile {
  readonly entries: readonly Entry[];
  append(entry: Entry): void;
  close(): void;
}

export function openMessagesFile(path: string): MessagesFile {
  mkdirSync(dirname(path), { recursive: true });
  const fd = openSync(path, 'a+');
  const text = readFileSync(path, 'utf8');
  // A line without its end was being written when the process died: nobody was told of it.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  return {
    entries: whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Entry),
    append: (entry) => void writeSync(fd, `${JSON.stringify(entry)}\n`),
    close() {
      fsyncSync(fd);
      closeSync(fd);
    },
  };
}
