import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventSchema } from '@tradewind/contracts/schema.ts';
import { root } from './read-schemas.ts';

export const releasedFolder = join(root, 'schemas/released');

/** One version of an event that was published: its schema, and bytes that were written with it. */
export interface Released {
  readonly schema: EventSchema;
  /** The Avro body, without the header of the wire format. */
  readonly golden: Buffer;
  /** What the bytes mean, as `plain` shows it. */
  readonly expected: unknown;
}

/** Every released version of an event, by number; empty for an event that was not released yet. */
export function readReleased(type: string): Map<number, Released> {
  const folder = join(releasedFolder, type);
  if (!existsSync(folder)) return new Map();
  const numbers = readdirSync(folder).flatMap((file) => {
    const number = /^(\d+)\.avsc$/.exec(file)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return new Map(numbers.sort((a, b) => a - b).map((number) => [number, readVersion(folder, number)]));
}

function readVersion(folder: string, number: number): Released {
  const text = (extension: string): string => readFileSync(join(folder, `${number}.${extension}`), 'utf8');
  return {
    schema: JSON.parse(text('avsc')) as EventSchema,
    golden: readFileSync(join(folder, `${number}.bin`)),
    expected: JSON.parse(text('json')),
  };
}

/** The number of the released version with this very schema, else of the next one to be released. */
export function versionOf(schema: EventSchema, released: ReadonlyMap<number, Released>): number {
  const text = JSON.stringify(schema);
  const found = [...released].find(([, version]) => JSON.stringify(version.schema) === text);
  return found ? found[0] : Math.max(0, ...released.keys()) + 1;
}

/** An event with nothing but JSON in it: amounts in units of 10^-4, times as RFC 3339. */
export function plain(event: unknown): unknown {
  return JSON.parse(
    JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}
