import { describe, expect, it } from 'vitest';
import { createNearCache } from './near-cache.ts';

const version = (number: number) => ({
  storeId: 'STORE-1',
  version: number,
  etag: `"${number}"`,
  body: '{}',
});

function setUp(maxEntries = 10) {
  let time = 0;
  const cache = createNearCache({ maxEntries, ttlMs: 100, floorTtlMs: 500, now: () => time });
  return { cache, pass: (ms: number) => (time += ms) };
}

describe('near cache', () => {
  it('answers what was filled', () => {
    const { cache } = setUp();
    cache.fill('P', version(1));
    expect(cache.get('P')).toEqual(version(1));
  });

  it('forgets an older copy when an event tells of a newer version', () => {
    const { cache } = setUp();
    cache.fill('P', version(1));
    cache.invalidate('P', 2);
    expect(cache.get('P')).toBeUndefined();
  });

  it('does not take the old value of a read that began before the invalidation', () => {
    const { cache } = setUp();
    cache.invalidate('P', 2);
    cache.fill('P', version(1));
    expect(cache.get('P')).toBeUndefined();
    expect(cache.isStale('P', 1)).toBe(true);
    cache.fill('P', version(2));
    expect(cache.get('P')).toEqual(version(2));
  });

  it('keeps a copy that is as new as the event', () => {
    const { cache } = setUp();
    cache.fill('P', version(2));
    cache.invalidate('P', 2);
    expect(cache.get('P')).toEqual(version(2));
  });

  it('does not replace a newer copy, nor go back with a repeated event', () => {
    const { cache } = setUp();
    cache.fill('P', version(3));
    cache.fill('P', version(2));
    cache.invalidate('P', 3);
    cache.invalidate('P', 2);
    expect(cache.get('P')).toEqual(version(3));
    expect(cache.isStale('P', 2)).toBe(true);
  });

  it('shows nothing longer than its time, should events stop', () => {
    const { cache, pass } = setUp();
    cache.fill('P', version(1));
    pass(99);
    expect(cache.get('P')).toEqual(version(1));
    pass(1);
    expect(cache.get('P')).toBeUndefined();
  });

  it('is bounded', () => {
    const { cache } = setUp(2);
    for (const id of ['A', 'B', 'C']) cache.fill(id, version(1));
    expect(['A', 'B', 'C'].filter((id) => cache.get(id))).toEqual(['B', 'C']);
  });
});
