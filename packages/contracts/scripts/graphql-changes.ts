import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, findBreakingChanges } from 'graphql';
import { releasedFolder } from './released.ts';

/** The clients' schema as the last release had it. */
export const releasedApi = join(releasedFolder, 'api.graphql');

/** Each way in which a query written for `before` would fail with `after`. */
export function breakingApiChanges(before: string, after: string): string[] {
  return findBreakingChanges(buildSchema(before), buildSchema(after)).map(({ description }) => description);
}

/** What `after` breaks of the last release; nothing before the first one. */
export function brokenSinceRelease(after: string): string[] {
  return existsSync(releasedApi) ? breakingApiChanges(readFileSync(releasedApi, 'utf8'), after) : [];
}
