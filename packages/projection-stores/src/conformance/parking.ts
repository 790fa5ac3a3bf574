import { expect, it } from 'vitest';
import { HUGE, POISON } from './levels.ts';
import type { Fixture, StoreUnderTest } from './under-test.ts';

/** What can't be applied stops its own key and no other. */
export function parking(fixture: Fixture, { refuses }: StoreUnderTest): void {
  const { message } = fixture;

  it('parks a key with a gap, and takes the late event when it is retried', async () => {
    const [first, late, early] = [1, 2, 3].map((version) => message({ key: 'P1', version }));
    await fixture.apply([first!]);
    await fixture.apply([early!, message({ key: 'P2', version: 1 })]);
    expect(await fixture.totals()).toEqual(['P1 1/0', 'P2 1/0']);
    expect(await fixture.parked()).toEqual(['P1 EVENT_GAP']);
    await fixture.database.db.transaction('STORE-1', async (tx) => {
      expect(await fixture.projector.retry(tx, late!)).toBeUndefined();
      expect(await fixture.projector.retry(tx, early!)).toBeUndefined();
    });
    expect(await fixture.totals()).toEqual(['P1 3/0', 'P2 1/0']);
  });

  it('parks what the read model refuses, and what nobody can decode', async () => {
    const garbled = message({ key: 'P2', version: 1 });
    await fixture.apply([
      message({ key: 'P1', version: 1, delta: POISON }),
      message({ key: 'P1', version: 2 }),
      message({ key: 'P3', version: 1 }),
    ]);
    await fixture.apply([{ ...garbled, value: garbled.value.subarray(0, 9) }]);
    expect(await fixture.parked()).toEqual(['P1 EVENT_REJECTED', 'P1 waits', 'P2 EVENT_MALFORMED']);
    expect(await fixture.totals()).toEqual(['P3 1/0']);
  });

  it('parks what the store refuses, and applies the rest of its batch', async () => {
    const most = refuses === 'range' ? 2 ** 31 - 1 : 1;
    const refused = message({ key: 'P1', version: 2, delta: refuses === 'range' ? 1 : HUGE });
    await fixture.apply([
      message({ key: 'P1', version: 1, delta: most }),
      refused,
      message({ key: 'P1', version: 3 }),
      message({ key: 'P2', version: 1 }),
    ]);
    expect(await fixture.totals()).toEqual([`P1 ${most}/0`, 'P2 1/0']);
    expect(await fixture.parked()).toEqual(['P1 EVENT_REJECTED', 'P1 waits']);
    const retried = await fixture.database.db.transaction('STORE-1', (tx) =>
      fixture.projector.retry(tx, refused),
    );
    expect(retried).toMatchObject({ code: 'EVENT_REJECTED' });
  });
}
