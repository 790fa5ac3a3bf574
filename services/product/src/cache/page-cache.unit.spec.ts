import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPageCache } from './page-cache.ts';

afterEach(() => void vi.useRealTimers());

function setUp() {
  vi.useFakeTimers();
  let made = 0;
  const pages = createPageCache({ maxEntries: 10, ttlMs: 10_000, settleMs: 300, now: () => Date.now() });
  const make = async () => `page ${++made}`;
  return { pages, read: async (storeId = 'STORE-1') => pages.get(storeId, 'first', make) };
}

describe('page cache', () => {
  it('makes a page once for all who wait for it', async () => {
    const { read } = setUp();
    expect(await Promise.all([read(), read(), read()])).toEqual(['page 1', 'page 1', 'page 1']);
    expect(await read()).toBe('page 1');
  });

  it('forgets the pages of the tenant that changed, and of no other', async () => {
    const { pages, read } = setUp();
    await read('STORE-1');
    await read('STORE-2');
    pages.changed('STORE-1');
    expect(await read('STORE-2')).toBe('page 2');
    expect(await read('STORE-1')).toBe('page 3');
  });

  it('does not keep a page that was begun before the change', async () => {
    const { pages, read } = setUp();
    const before = read();
    pages.changed('STORE-1');
    expect(await before).toBe('page 1');
    expect(await read()).toBe('page 2');
  });

  it('forgets once more when the projection has had time, and debounces bursts', async () => {
    const { pages, read } = setUp();
    pages.changed('STORE-1');
    expect(await read()).toBe('page 1');
    pages.changed('STORE-1');
    expect(await read()).toBe('page 1');
    vi.advanceTimersByTime(300);
    expect(await read()).toBe('page 2');
    vi.advanceTimersByTime(300);
    expect(await read()).toBe('page 3');
    vi.advanceTimersByTime(5_000);
    expect(await read()).toBe('page 3');
  });

  it('shows nothing longer than its time', async () => {
    const { read } = setUp();
    await read();
    vi.advanceTimersByTime(10_001);
    expect(await read()).toBe('page 2');
  });

  it('does not keep a failure', async () => {
    const { pages } = setUp();
    const failing = pages.get('STORE-1', 'first', async () => {
      throw new Error('away');
    });
    await expect(failing).rejects.toThrow('away');
    expect(await pages.get('STORE-1', 'first', async () => 'back')).toBe('back');
  });
});
