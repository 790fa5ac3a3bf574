import { describe, expect, it } from 'vitest';
import { leastFor, planKills, targetOf, TARGETS } from './kill-plan.ts';

const counts = (seed: number, seconds: number): number[] => {
  const plan = planKills(seed, seconds);
  return TARGETS.map((target) => plan.filter(({ victim }) => targetOf(victim) === target).length);
};

describe('plan of kills', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planKills(7, 60)).toEqual(planKills(7, 60));
    expect(planKills(8, 60)).not.toEqual(planKills(7, 60));
  });

  it.each([20, 25, 60, 300])('kills every target often enough to count in %i s', (seconds) => {
    for (let seed = 1; seed <= 50; seed++) {
      const of = counts(seed, seconds);
      expect(Math.min(...of)).toBeGreaterThanOrEqual(leastFor(seconds).killsOfEach);
      expect(Math.max(...of) - Math.min(...of)).toBeLessThanOrEqual(1);
    }
  });

  it('stays inside the load and goes by time', () => {
    const times = planKills(3, 60).map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(1_500);
    expect(times.at(-1)).toBeLessThanOrEqual(57_500);
  });

  it('begins with the relay of orders among the relays', () => {
    const first = planKills(11, 60).find(({ victim }) => victim.kind === 'relay');
    expect(first?.victim).toEqual({ kind: 'relay', of: 'order' });
  });
});
