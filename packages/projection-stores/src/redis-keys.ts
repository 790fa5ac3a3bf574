import type { Projection } from '@tradewind/outbox/projection.ts';
import type { RedisLayout } from '@tradewind/outbox/store-layout.ts';
import type { RowChange, StoredRow } from '@tradewind/outbox/projection-store.ts';

/** Rows of a tenant are spread over this many hashes, so that each can be read at once. */
export const BUCKETS = 256;

/** No part of a name may end another. */
const part = (value: unknown): string => encodeURIComponent(String(value));

/** Names in Redis of one version of a projection. Pure. */
export interface RedisKeys {
  /** Stands as long as the version does. */
  readonly marker: string;
  readonly tenants: string;
  rows(storeId: string, key: string): string;
  bucket(storeId: string, bucket: number): string;
  sorted(storeId: string, score: string, by: readonly unknown[]): string;
  sums(storeId: string): string;
  readonly all: string;
}

export function redisKeys(namespace: string, { name }: Projection, version: number): RedisKeys {
  const prefix = `projection:${part(namespace)}:${name}:v${version}`;
  const bucket = (storeId: string, number: number) => `${prefix}:rows:${part(storeId)}:${number}`;
  return {
    marker: prefix,
    tenants: `${prefix}:tenants`,
    rows: (storeId, key) => bucket(storeId, bucketOf(key)),
    bucket,
    sorted: (storeId, score, by) => `${prefix}:by-${score}:${[storeId, ...by].map(part).join(':')}`,
    sums: (storeId) => `${prefix}:sums:${part(storeId)}`,
    all: `${prefix}:*`,
  };
}

/** FNV-1a. */
export function bucketOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % BUCKETS;
}

/** The same text for the same versions, in whatever order the topics came. */
export const versionsText = (versions: StoredRow['versions']): string =>
  JSON.stringify(Object.fromEntries(Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1))));

/** A value is the versions, which the script compares, and the rest of the row. */
export const encodeRow = ({ versions, ...row }: StoredRow): string =>
  `${versionsText(versions)}\n${JSON.stringify(row)}`;

export function decodeRow(value: string): StoredRow {
  const end = value.indexOf('\n');
  return {
    ...(JSON.parse(value.slice(end + 1)) as StoredRow),
    versions: JSON.parse(value.slice(0, end)) as StoredRow['versions'],
  };
}

type Command = readonly [command: string, key: string, first: string | number, second: string | number];

/** What a change of a row does to the sets and sums beside it. The script applies it only if the row was as `before` says. */
export function indexCommands(
  keys: RedisKeys,
  layout: RedisLayout,
  key: string,
  { before, after }: RowChange,
): Command[] {
  const storeId = after.store_id;
  const commands: Command[] = before ? [] : [['SADD', keys.tenants, storeId, storeId]];
  for (const { by, score } of layout.sorted ?? []) {
    const place = (row: StoredRow) =>
      keys.sorted(
        storeId,
        score,
        by.map((column) => row[column]),
      );
    if (before && place(before) !== place(after)) commands.push(['ZREM', place(before), key, key]);
    if (!before || place(before) !== place(after) || before[score] !== after[score])
      commands.push(['ZADD', place(after), Date.parse(String(after[score])), key]);
  }
  if (layout.sums) {
    const { by, sum } = layout.sums;
    const name = (row: StoredRow) => JSON.stringify(by.map((column) => row[column]));
    const moved = !before || name(before) !== name(after);
    const count = (row: StoredRow, sign: 1 | -1) =>
      commands.push(['HINCRBY', keys.sums(storeId), `n${name(row)}`, sign]);
    const add = (row: StoredRow, sign: 1 | -1) =>
      commands.push(['HINCRBY', keys.sums(storeId), `s${name(row)}`, sign * Number(row[sum])]);
    if (before && moved) count(before, -1);
    if (moved) count(after, 1);
    if (before && (moved || before[sum] !== after[sum])) add(before, -1);
    if (moved || before[sum] !== after[sum]) add(after, 1);
  }
  return commands;
}
