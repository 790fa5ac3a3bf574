import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCome, missing, type Sequence, withSeq } from './sequence.ts';

const after = (...numbers: number[]): Sequence | undefined =>
  numbers.reduce<Sequence | undefined>((sequence, seq, at) => withSeq(sequence, seq, at), undefined);
const gapsOf = (sequence: Sequence | undefined) => sequence?.gaps.map(({ from, to }) => [from, to]);

describe('the numbers of a device', () => {
  it('remembers what is missing, and since when', () => {
    const sequence = after(3, 7);
    expect(sequence).toEqual({ lowest: 3, highest: 7, gaps: [{ from: 4, to: 6, since: 1 }] });
    expect(gapsOf(after(3, 7, 5))).toEqual([
      [4, 4],
      [6, 6],
    ]);
    expect(gapsOf(after(3, 7, 5, 4, 6))).toEqual([]);
  });

  it('takes what comes from below the first', () => {
    expect(after(5, 2)).toEqual({ lowest: 2, highest: 5, gaps: [{ from: 3, to: 4, since: 1 }] });
  });

  it('counts as missing what has been so for long', () => {
    const sequence = after(0, 3, 6)!;
    expect([missing(sequence, 2, 0), missing(sequence, 2, 1), missing(sequence, 2, 2)]).toEqual([4, 2, 0]);
  });

  it('knows each number that has come and no other, in any order and with repeats', () => {
    const number = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 120 }), (numbers) => {
        const come = new Set<number>();
        let sequence: Sequence | undefined;
        for (const seq of numbers) {
          expect(sequence !== undefined && hasCome(sequence, seq)).toBe(come.has(seq));
          const next = withSeq(sequence, seq, 0);
          if (come.has(seq)) expect(next).toBe(sequence);
          sequence = next;
          come.add(seq);
        }
        for (let seq = 0; seq <= 60; seq++) expect(hasCome(sequence!, seq)).toBe(come.has(seq));
        const gaps = sequence!.gaps;
        // Ascending, apart, and not empty: the form in which they are stored is the only one.
        gaps.forEach((gap, at) => {
          expect(gap.from).toBeLessThanOrEqual(gap.to);
          expect(gap.from).toBeGreaterThan((gaps[at - 1]?.to ?? sequence!.lowest - 1) + 1);
        });
        const counted = sequence!.highest - sequence!.lowest + 1 - missing(sequence!, 0, 0);
        expect(counted).toBe(come.size);
      }),
    );
  });
});
