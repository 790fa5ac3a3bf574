import { expect, it } from 'vitest';
import type { Database } from '@tradewind/postgres/database.ts';
import { OTHER_TOPIC } from './levels.ts';
import type { Fixture } from './under-test.ts';

/** Each event has its effect once, in the order of its row. */
export function applying(fixture: Fixture): void {
  const { message } = fixture;

  it('applies a batch that comes again once', async () => {
    const batch = [message({ key: 'P1', version: 1 }), message({ key: 'P1', version: 2 })];
    await fixture.apply(batch);
    await fixture.apply(batch);
    await fixture.apply([...batch, message({ key: 'P1', version: 3 })], fixture.another());
    expect(await fixture.totals()).toEqual(['P1 3/0']);
  });

  it('drops an event that was published twice, and one that comes late', async () => {
    const [first, second] = [message({ key: 'P1', version: 1 }), message({ key: 'P1', version: 2 })];
    await fixture.apply([first, second]);
    await fixture.apply([
      { ...first, offset: 2n },
      { ...second, offset: 3n },
      { ...first, offset: 4n },
    ]);
    expect(await fixture.totals()).toEqual(['P1 2/0']);
    expect(await fixture.parked()).toEqual([]);
  });

  it('keeps tenants apart', async () => {
    await fixture.apply([
      message({ key: 'P1', version: 1 }),
      message({ key: 'P1', version: 1, storeId: 'STORE-2' }),
      message({ key: 'P1', version: 2 }),
    ]);
    expect(await fixture.totals()).toEqual(['P1 2/0', 'STORE-2 P1 1/0']);
  });

  it('applies each event once when several processes hold the same partition', async () => {
    const batch = [1, 2, 3, 4].map((version) => message({ key: 'P1', version }));
    const all = [fixture.projector, fixture.another(), fixture.another()];
    await Promise.all(all.map((one, at) => fixture.apply(batch.slice(0, 4 - at), one)));
    expect(await fixture.totals()).toEqual(['P1 4/0']);
  });

  it('loses nothing when two processes apply two topics to the same rows', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `P${10 + n}`);
    const theirs = fixture.another();
    for (const version of [1, 2, 3, 4]) {
      await Promise.all([
        fixture.apply(keys.map((key) => message({ key, version }))),
        fixture.apply(
          keys.map((key) => message({ key, version, topic: OTHER_TOPIC })),
          theirs,
        ),
      ]);
    }
    expect(await fixture.totals()).toEqual(keys.map((key) => `${key} 4/4`));
    expect(await fixture.parked()).toEqual([]);
  });

  it('applies once what had reached the store when the process died before its checkpoint', async () => {
    const { db } = fixture.database;
    const dying: Database = {
      ...db,
      transaction: (storeId, work) =>
        db.transaction(storeId, async (tx) => {
          await work(tx);
          throw new Error('killed');
        }),
    };
    const batch = [message({ key: 'P1', version: 1 }), message({ key: 'P2', version: 1 })];
    await expect(fixture.apply(batch, fixture.another(dying))).rejects.toThrow('killed');
    await fixture.apply([...batch, message({ key: 'P1', version: 2 })], fixture.another());
    expect(await fixture.totals()).toEqual(['P1 2/0', 'P2 1/0']);
    expect(await fixture.parked()).toEqual([]);
  });

  it('takes a large batch at once', async () => {
    const keys = Array.from({ length: 1_500 }, (_, n) => `P${10_000 + n}`);
    await fixture.apply([1, 2].flatMap((version) => keys.map((key) => message({ key, version }))));
    await fixture.apply(keys.map((key) => message({ key, version: 3 })));
    expect(await fixture.totals()).toEqual(keys.map((key) => `${key} 3/0`));
  });
}
