import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SentLedger } from './reading.ts';

/** Beside the stack's other data, and removed with it: a ledger means the stock of this stack. */
const folderOf = (home: string): string => join(home, 'data/devices');

/** @returns its path */
export function writeLedger(home: string, ledger: SentLedger): string {
  mkdirSync(folderOf(home), { recursive: true });
  const path = join(folderOf(home), `${ledger.run}.json`);
  // Whoever is ended in the middle leaves the ledger as it was.
  writeFileSync(`${path}.new`, JSON.stringify(ledger));
  renameSync(`${path}.new`, path);
  return path;
}

/** Of every fleet that this stack has seen. */
export function readLedgers(home: string): SentLedger[] {
  let names: string[];
  try {
    names = readdirSync(folderOf(home));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folderOf(home), name), 'utf8')) as SentLedger);
}
