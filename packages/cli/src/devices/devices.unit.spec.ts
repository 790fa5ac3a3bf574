import { describe, expect, it } from 'vitest';
import { compareFleet, type Stored } from './compare.ts';
import { planFleet } from './plan.ts';
import { keyOf, type SentLedger } from './reading.ts';

const options = { run: 'r', count: 5, seconds: 20, rate: 50, seed: 7, skus: ['A', 'B'], scarce: 'C' };

describe('the plan of a fleet', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planFleet({ ...options, faults: true })).toEqual(planFleet({ ...options, faults: true }));
    expect(planFleet({ ...options, faults: true, seed: 8 })).not.toEqual(
      planFleet({ ...options, faults: true }),
    );
  });

  it('has each number of each device, in order and once, without faults', () => {
    const { acts, liar } = planFleet({ ...options, faults: false });
    expect(liar).toBeUndefined();
    const seen = new Map<string, number>();
    for (const act of acts) {
      if (act.kind === 'garbage') throw new Error('nothing but readings was expected');
      const { deviceId, seq } = act.reading;
      expect(seq).toBe((seen.get(deviceId) ?? 0) + 1);
      seen.set(deviceId, seq);
    }
    expect(acts).toHaveLength(1_000);
  });

  it('with faults has repeats, disorder, nonsense, shortage and a liar', () => {
    const { acts, liar } = planFleet({ ...options, faults: true });
    const readings = acts.flatMap((act) => (act.kind === 'reading' ? [act.reading] : []));
    expect(new Set(readings.map(keyOf)).size).toBeLessThan(readings.length);
    const late = readings.filter(({ deviceId, seq }, at) =>
      readings.slice(0, at).some((one) => one.deviceId === deviceId && one.seq > seq),
    );
    expect(late).not.toEqual([]);
    expect(acts.filter(({ kind }) => kind === 'garbage')).not.toEqual([]);
    expect(readings.filter(({ sku }) => sku === 'C')).not.toEqual([]);
    expect(new Set(readings.filter(({ delta }) => delta > 1_000).map(({ deviceId }) => deviceId))).toEqual(
      new Set([liar]),
    );
  });
});

describe('the oracle', () => {
  const reading = (seq: number, delta = 1) => ({ deviceId: 'd', seq, sku: 'A', delta });
  const sent: SentLedger = {
    ...{ run: 'r', storeId: 'STORE-1', stock: [{ sku: 'A', onHand: 10 }] },
    ...{ readings: [reading(1), reading(2, -3), reading(3, 5)], garbage: [{ sku: 'A', text: '{' }] },
    acknowledged: true,
  };
  const right: Stored = {
    applied: [reading(1), reading(2, -3)],
    open: [{ deviceId: 'd', seq: 3, state: 'KEPT' }],
    letters: new Set(['{']),
    onHand: new Map([['A', 8]]),
  };
  const complaints = (changed: Partial<Stored>) =>
    compareFleet(sent, { ...right, ...changed }).violations.map(({ what }) =>
      what.split(' ').slice(0, 4).join(' '),
    );

  it('agrees where each reading came to one end', () => {
    expect(compareFleet(sent, right)).toMatchObject({
      violations: [],
      tally: { sent: 3, applied: 2, kept: 1, parked: 0, deadLetters: 1 },
    });
    const later = {
      applied: [...right.applied, reading(3, 5)],
      open: [{ deviceId: 'd', seq: 3, state: 'APPLIED' }],
    };
    expect(complaints({ ...later, onHand: new Map([['A', 13]]) })).toEqual([]);
  });

  it('holds nothing missing against a run that was ended in the middle, but all that is wrong', () => {
    const ended = { ...sent, acknowledged: false };
    const halfway = { ...right, open: [], letters: new Set<string>() };
    expect(compareFleet(ended, halfway).violations).toEqual([]);
    const wrong = { ...halfway, applied: [...right.applied, reading(1)], onHand: new Map([['A', 9]]) };
    expect(compareFleet(ended, wrong).violations.map(({ subject }) => subject)).toEqual(['d 1', 'A']);
  });

  it.each<[string, Partial<Stored>, string[]]>([
    ['lost', { open: [] }, ['is lost: neither applied', 'must have 13 on']],
    ['applied twice', { applied: [...right.applied, reading(1)] }, ['was applied 2 times']],
    ['applied and waiting', { applied: [...right.applied, reading(3, 5)] }, ['was applied, and is']],
    ['changed on the way', { applied: [reading(1), reading(2, -4)] }, ['said -3 of A,']],
    ['invented', { applied: [...right.applied, reading(9)] }, ['was applied, and never']],
    ['not among the dead letters', { letters: new Set() }, ['is not among the']],
    ['not in the stock', { onHand: new Map([['A', 9]]) }, ['must have 8 on']],
  ])('sees one that is %s', (_, changed, expected) => {
    expect(complaints(changed)).toEqual(expected);
  });
});
