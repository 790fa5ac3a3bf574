import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createInvalidator, type InvalidatorOptions } from './invalidator.ts';
import { tenantTag } from './tags.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(options: Partial<Pick<InvalidatorOptions, 'echo' | 'storm'>> = {}) {
  const dropped: string[] = [];
  const outdated: string[] = [];
  const warnings: object[] = [];
  const counts = { carriedOut: 0, merged: 0, tag: 0, tenant: 0 };
  let active: () => object = () => ({});
  const invalidator = createInvalidator({
    ...{ name: 'pages', windowMs: 100, storm: { perTag: 20, perTenant: 50, pauseMs: 1_000 } },
    ...options,
    cache: {
      outdate: (changes) => void outdated.push(...changes.map(({ tag }) => tag)),
      drop: (tag) => void dropped.push(tag),
      dropAll: (tag) => void dropped.push(`all ${tag}`),
    },
    counts: {
      carriedOut: () => void counts.carriedOut++,
      merged: () => void counts.merged++,
      storm: (scope) => void counts[scope]++,
      watch: (read) => void (active = read),
    },
    log: { debug() {}, info() {}, error() {}, warn: (fields) => void warnings.push(fields) },
    now: () => Date.now(),
  });
  const tell = (...tags: string[]) =>
    invalidator.tell({ storeId: 'STORE-1', changes: tags.map((tag) => ({ tag })) });
  return { invalidator, tell, dropped, outdated, warnings, counts, active: () => active() };
}

describe('invalidator', () => {
  it('carries out the first change at once, and those of the window together at its end', () => {
    const { tell, dropped, outdated, counts } = setUp();
    for (let at = 0; at < 10; at++) tell('A');
    expect(dropped).toEqual(['A']);
    expect(outdated).toHaveLength(10);
    vi.advanceTimersByTime(99);
    expect(dropped).toEqual(['A']);
    vi.advanceTimersByTime(1);
    expect(dropped).toEqual(['A', 'A']);
    vi.advanceTimersByTime(1_000);
    expect(dropped).toEqual(['A', 'A']);
    expect(counts).toMatchObject({ carriedOut: 2, merged: 9 });
  });

  it('leaves nothing for longer than the window, however many events come', () => {
    const { tell, dropped } = setUp();
    let last = 0;
    for (let ms = 0; ms < 3_000; ms += 60) {
      const before = dropped.length;
      tell('A');
      vi.advanceTimersByTime(60);
      if (dropped.length > before) {
        expect(ms + 60 - last).toBeLessThanOrEqual(160);
        last = ms + 60;
      }
    }
    expect(dropped.length).toBeGreaterThan(20);
  });

  it('counts a change once more where a projection follows', () => {
    const { tell, dropped } = setUp({ echo: true });
    tell('A');
    vi.advanceTimersByTime(100);
    expect(dropped).toEqual(['A', 'A']);
    vi.advanceTimersByTime(1_000);
    expect(dropped).toEqual(['A', 'A']);
    tell('A');
    vi.advanceTimersByTime(50);
    tell('A');
    vi.advanceTimersByTime(50);
    expect(dropped).toHaveLength(4);
    vi.advanceTimersByTime(1_000);
    expect(dropped).toHaveLength(5);
  });

  it('pauses a tag of which too much is heard, says so once, and recovers by itself', () => {
    const { tell, dropped, warnings, counts, active } = setUp();
    for (let ms = 0; ms < 5_000; ms += 20) {
      tell('A');
      vi.advanceTimersByTime(20);
    }
    // Ten in the first second and one in each after it, instead of one every 100 ms.
    expect(dropped.length).toBeLessThan(20);
    expect([warnings, counts.tag, active()]).toEqual([
      [expect.objectContaining({ scope: 'tag', key: 'A' })],
      1,
      { tag: 1, tenant: 0 },
    ]);
    vi.advanceTimersByTime(5_000);
    expect(active()).toEqual({ tag: 0, tenant: 0 });
    const calm = dropped.length;
    tell('A');
    vi.advanceTimersByTime(30);
    tell('A');
    vi.advanceTimersByTime(100);
    expect(dropped.length).toBe(calm + 2);
  });

  it('takes all of a tenant out together when too many of its things change', () => {
    const { tell, dropped, counts, warnings } = setUp();
    for (let at = 0; at < 500; at++) {
      tell(`product:${at}`);
      vi.advanceTimersByTime(4);
    }
    const single = dropped.filter((tag) => !tag.startsWith('all')).length;
    const wide = dropped.filter((tag) => tag === `all ${tenantTag('STORE-1')}`).length;
    expect(single).toBe(50);
    expect(wide).toBeGreaterThan(0);
    expect(wide).toBeLessThan(5);
    expect(counts.tenant).toBe(1);
    expect(warnings).toHaveLength(1);
    const before = dropped.length;
    vi.advanceTimersByTime(1_000);
    // What came last is carried out too.
    expect(dropped.length).toBe(before + 1);
    vi.advanceTimersByTime(5_000);
    tell('product:1');
    expect(dropped.at(-1)).toBe('product:1');
  });

  it('does nothing after it was closed', () => {
    const { tell, invalidator, dropped } = setUp({ echo: true });
    tell('A');
    invalidator.close();
    vi.advanceTimersByTime(5_000);
    expect(dropped).toEqual(['A']);
  });
});
