import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTaggedCache } from './tagged-cache.ts';

function setUp(maxEntries = 10) {
  let time = 0;
  const cache = createTaggedCache<string>({ maxEntries, ttlMs: 100, now: () => time });
  const event = (tag: string, version?: number) => {
    cache.outdate([version === undefined ? { tag } : { tag, version }]);
    cache.drop(tag);
  };
  const keep = (key: string, value: string, ...tags: [string, number?][]) =>
    cache.fill(
      key,
      value,
      tags.map(([name, version]) => (version === undefined ? { name } : { name, version })),
      cache.begin(),
    );
  return { cache, event, keep, pass: (ms: number) => (time += ms) };
}

describe('tagged cache', () => {
  it('takes out what carries the tag, and nothing else', () => {
    const { cache, event, keep } = setUp();
    keep('page 1', 'a', ['product:A'], ['category:mugs']);
    keep('page 2', 'b', ['product:B'], ['category:mugs']);
    keep('plates', 'c', ['product:C'], ['category:plates']);
    event('product:A');
    expect(['page 1', 'page 2', 'plates'].map((key) => cache.get(key))).toEqual([undefined, 'b', 'c']);
    event('category:mugs');
    expect(['page 2', 'plates'].map((key) => cache.get(key))).toEqual([undefined, 'c']);
  });

  it('refuses a look-up that began before the change, whatever it took', () => {
    const { cache, event } = setUp();
    const begun = cache.begin();
    event('product:A');
    expect(cache.outdatedSince(begun, [{ name: 'product:A' }])).toBe(true);
    cache.fill('page', 'old', [{ name: 'product:A' }], begun);
    expect(cache.get('page')).toBeUndefined();
    cache.fill('page', 'new', [{ name: 'product:A' }], cache.begin());
    expect(cache.get('page')).toBe('new');
  });

  it('keeps a copy that is as new as the event, whenever it was read', () => {
    const { cache, event, keep } = setUp();
    keep('A', 'second', ['product:A', 2]);
    event('product:A', 2);
    event('product:A', 1);
    expect(cache.get('A')).toBe('second');
    event('product:A', 3);
    expect(cache.get('A')).toBeUndefined();
    keep('A', 'second', ['product:A', 2]);
    expect(cache.get('A')).toBeUndefined();
  });

  it('does not go back to an older copy', () => {
    const { cache, keep } = setUp();
    keep('A', 'third', ['product:A', 3]);
    keep('A', 'second', ['product:A', 2]);
    expect(cache.get('A')).toBe('third');
  });

  it('shows nothing longer than its time, should events stop', () => {
    const { cache, keep, pass } = setUp();
    keep('A', 'a', ['product:A']);
    pass(99);
    expect(cache.get('A')).toBe('a');
    pass(1);
    expect(cache.get('A')).toBeUndefined();
  });

  it('is bounded, and refuses what began before a change that it has forgotten', () => {
    const { cache, event, keep } = setUp(2);
    for (const key of ['A', 'B', 'C']) keep(key, key, [`product:${key}`]);
    expect(cache.size).toBe(2);
    const begun = cache.begin();
    event('product:A');
    for (let other = 0; other < 20; other++) event(`product:${other}`);
    cache.fill('A', 'old', [{ name: 'product:A' }], begun);
    expect(cache.get('A')).toBeUndefined();
  });

  it('never shows less than an event has told, however reads and events interleave', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), id: fc.constantFrom('A', 'B', 'C') }),
      fc.record({ do: fc.constant('look' as const), id: fc.constantFrom('A', 'B', 'C') }),
      fc.record({ do: fc.constant('finish' as const), which: fc.nat(5) }),
      fc.record({ do: fc.constant('hear' as const) }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        (steps, versioned, size) => {
          const cache = createTaggedCache<number>({ maxEntries: size, ttlMs: 1_000, now: () => 0 });
          const stored = new Map<string, number>();
          const told = new Map<string, number>();
          const events: { id: string; version: number }[] = [];
          const flights: { id: string; version: number; begun: number }[] = [];
          for (const one of steps) {
            if (one.do === 'write') {
              const version = (stored.get(one.id) ?? 0) + 1;
              stored.set(one.id, version);
              events.push({ id: one.id, version });
            } else if (one.do === 'look') {
              flights.push({ id: one.id, version: stored.get(one.id) ?? 0, begun: cache.begin() });
            } else if (one.do === 'finish') {
              const [flight] = flights.splice(one.which % Math.max(flights.length, 1), 1);
              if (!flight) continue;
              const tag = { name: flight.id, ...(versioned ? { version: flight.version } : {}) };
              cache.fill(flight.id, flight.version, [tag], flight.begun);
            } else {
              const event = events.shift();
              if (!event) continue;
              told.set(event.id, event.version);
              cache.outdate([{ tag: event.id, ...(versioned ? { version: event.version } : {}) }]);
              cache.drop(event.id);
            }
            for (const [id, version] of told)
              expect(cache.get(id) ?? version).toBeGreaterThanOrEqual(version);
          }
        },
      ),
    );
  });
});
