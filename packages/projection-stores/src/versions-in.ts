import type { StoredRow } from '@tradewind/outbox/projection-store.ts';

export const versionsIn = (
  rows: ReadonlyMap<string, StoredRow>,
): ReadonlyMap<string, StoredRow['versions']> =>
  new Map([...rows].map(([key, { versions }]) => [key, versions]));
