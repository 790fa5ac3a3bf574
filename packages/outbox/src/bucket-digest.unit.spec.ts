import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketList,
  bucketsOf,
  type DigestedRow,
  differingBuckets,
  totalOf,
  withoutRows,
} from './bucket-digest.ts';

const row = fc.record({
  storeId: fc.constantFrom('STORE-1', 'STORE-2'),
  key: fc.string({ maxLength: 6 }),
  digest: fc.option(fc.string({ maxLength: 6 })),
});
const rowsOnce = fc.uniqueArray(row, { selector: ({ storeId, key }) => `${storeId} ${key}`, maxLength: 60 });
const shuffled = rowsOnce.chain((rows) =>
  fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
);
const told = (rows: readonly DigestedRow[]) => bucketList(bucketsOf(rows));

describe('digests by bucket', () => {
  it('do not depend on the order of rows', () =>
    fc.assert(
      fc.property(shuffled, ([rows, other]) => {
        expect(told(other)).toEqual(told(rows));
      }),
    ));

  it('do not depend on how rows are cut into batches', () =>
    fc.assert(
      fc.property(rowsOnce, fc.nat(60), (rows, cut) => {
        const later = bucketsOf(rows.slice(cut));
        const sums = withoutRows(bucketsOf(rows), rows.slice(0, cut));
        expect(bucketList(sums)).toEqual(bucketList(later));
      }),
    ));

  it('differ in the bucket of a row that differs, and there alone', () =>
    fc.assert(
      fc.property(
        rowsOnce.filter(({ length }) => length > 0),
        fc.nat(),
        (rows, at) => {
          const place = at % rows.length;
          const changed = rows.map((one, n) =>
            n === place ? { ...one, digest: `${one.digest ?? ''}!` } : one,
          );
          const [bucket] = bucketsOf([rows[place]!]).keys();
          expect(differingBuckets(told(rows), told(changed))).toEqual([bucket]);
        },
      ),
    ));

  it('tell a row without a text from one with an empty text', () => {
    const place = { storeId: 'S', key: 'k' };
    expect(told([{ ...place, digest: null }])).not.toEqual(told([{ ...place, digest: '' }]));
  });

  it('sum up to one digest', () => {
    const rows = [1, 2, 3].map((n) => ({ storeId: 'S', key: `k${n}`, digest: `${n}` }));
    expect(totalOf(bucketsOf(rows))).toEqual({ rows: 3, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(totalOf(bucketsOf([])).digest).toBe('0'.repeat(64));
  });
});
