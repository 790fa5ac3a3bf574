import { describe, expect, it } from 'vitest';
import { createReadThrough } from './read-through.ts';
import { createTaggedCache } from './tagged-cache.ts';

const tags = [{ name: 'product:A' }];

/** Look-ups that are answered when the test says so. */
function setUp({ fed = true } = {}) {
  const cache = createTaggedCache<string>({ maxEntries: 10, ttlMs: 1_000, now: () => 0 });
  const through = createReadThrough(cache, () => fed);
  const looks: { answer(value: string): void; fail(): void }[] = [];
  const read = () =>
    through('A', tags, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      looks.push({ answer: resolve, fail: () => reject(new Error('away')) });
      return promise.then((value) => ({ value, tags }));
    });
  const event = () => {
    cache.outdate([{ tag: 'product:A' }]);
    cache.drop('product:A');
  };
  return { read, looks, event };
}

describe('read-through', () => {
  it('looks once for all who ask meanwhile, then answers at once', async () => {
    const { read, looks } = setUp();
    const asked = [read(), read(), read()];
    looks[0]?.answer('first');
    expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);
    expect([read(), looks.length]).toEqual(['first', 1]);
  });

  it('does not join, nor keep, what an event has overtaken', async () => {
    const { read, looks, event } = setUp();
    const slow = read();
    event();
    const fresh = read();
    expect(looks).toHaveLength(2);
    looks[1]?.answer('second');
    expect(await fresh).toBe('second');
    looks[0]?.answer('first');
    expect(await slow).toBe('first');
    expect(read()).toBe('second');
  });

  it('keeps nothing while events may not arrive, and still looks once at a time', async () => {
    const { read, looks } = setUp({ fed: false });
    const asked = [read(), read()];
    looks[0]?.answer('first');
    await Promise.all(asked);
    const again = read();
    expect(looks).toHaveLength(2);
    looks[1]?.answer('first');
    await again;
  });

  it('keeps no failure', async () => {
    const { read, looks } = setUp();
    const failing = read();
    looks[0]?.fail();
    await expect(failing).rejects.toThrow('away');
    const again = read();
    looks[1]?.answer('back');
    expect(await again).toBe('back');
  });
});
