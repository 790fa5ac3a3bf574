import { describe, expect, it } from 'vitest';
import { isServer, planFaults, TARGETS } from './fault-plan.ts';

describe('plan of faults of brokers', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planFaults(7, 60)).toEqual(planFaults(7, 60));
    expect(planFaults(8, 60)).not.toEqual(planFaults(7, 60));
  });

  it.each([
    [14, 1],
    [20, 1],
    [60, 2],
    [300, 10],
  ])('kills every target often enough in %i s', (seconds, least) => {
    for (let seed = 1; seed <= 50; seed++) {
      const plan = planFaults(seed, seconds);
      const counts = TARGETS.map((target) => plan.filter((one) => one.target === target).length);
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('stays inside the load, goes by time, and keeps only servers down', () => {
    const plan = planFaults(3, 60);
    const times = plan.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(1_500);
    expect(times.at(-1)).toBeLessThanOrEqual(57_500);
    for (const { target, downMs } of plan) expect(downMs > 0).toBe(isServer(target));
  });
});
