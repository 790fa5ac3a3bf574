import { expect, it } from 'vitest';
import { appliedVersions } from '@tradewind/outbox/applied-version.ts';
import { OTHER_TOPIC } from './levels.ts';
import type { Fixture } from './under-test.ts';

/** Outside Postgres, where readers have a view, rows are found by their keys. */
export function locating(fixture: Fixture): void {
  const { message } = fixture;

  it('tells by key up to which version a row has each topic, to its tenant', async () => {
    await fixture.apply([
      message({ key: 'P1', version: 1 }),
      message({ key: 'P1', version: 2 }),
      message({ key: 'P1', version: 1, topic: OTHER_TOPIC }),
    ]);
    const { projection, stores, database } = fixture;
    await database.sql('alter view stock_levels rename to hidden');
    try {
      const applied = appliedVersions(database.db, { endOffsets: async () => new Map() }, stores);
      const asked = ['STORE-1', 'STORE-2'].flatMap((storeId) =>
        projection.topics.map((topic) => applied(projection, storeId, 'P1', topic)),
      );
      expect(await Promise.all(asked)).toEqual([2, 1, 0, 0]);
    } finally {
      await database.sql('alter view hidden rename to stock_levels');
    }
  });
}
