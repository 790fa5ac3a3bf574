import { describe, expect, it } from 'vitest';
import { happened, journeyOf } from '#journey.ts';

const label = { at: 1_000, scale: 1, exception: false, canceledAt: null, hastenedAt: null };
const stages = (changes: Partial<typeof label> | { canceledAt: number } | { hastenedAt: number }) =>
  journeyOf({ ...label, ...changes }).map(({ stage }) => stage);

describe('journey', () => {
  it('ends within a minute, and sooner by the scale', () => {
    expect(journeyOf(label).at(-1)).toEqual({ stage: 'DELIVERED', at: 46_000 });
    expect(journeyOf({ ...label, scale: 100 }).at(-1)).toEqual({ stage: 'DELIVERED', at: 1_450 });
    expect(happened(label, 20_000).map(({ stage }) => stage)).toEqual(['PICKED_UP', 'IN_TRANSIT']);
  });

  it('gets stuck where that was decided', () => {
    expect(stages({ exception: true })).toEqual(['PICKED_UP', 'IN_TRANSIT', 'EXCEPTION']);
  });

  it.each([
    [{ hastenedAt: 1_000 }, ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']],
    [{ hastenedAt: 20_000 }, ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']],
    [{ hastenedAt: 20_000, exception: true }, ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']],
    [{ hastenedAt: 40_000, exception: true }, ['PICKED_UP', 'IN_TRANSIT', 'EXCEPTION', 'DELIVERED']],
    [{ hastenedAt: 90_000 }, ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']],
  ])('takes no more time once it is hastened: %j', (changes, expected) => {
    expect(stages(changes)).toEqual(expected);
    const events = journeyOf({ ...label, ...changes });
    expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  it('does not begin for a label that was canceled', () => {
    expect(stages({ canceledAt: 2_000 })).toEqual([]);
  });
});
