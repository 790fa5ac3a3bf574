import { createTaggedCache } from '@tradewind/cache/tagged-cache.ts';
import { productTag } from '@tradewind/cache/tags.ts';
import type { Copy } from '@tradewind/cache/versioned-copies.ts';
import { describe, expect, it } from 'vitest';
import type { SentProduct } from '#cache/open-caches.ts';
import { mug } from '#product/product.fixture.ts';
import type { Product } from '#product/product.ts';
import { createProductReader } from './read-through.ts';

/** A database whose answers can be held back, and a shared cache that is a map. */
function setUp({ fed = true } = {}) {
  const stored = new Map<string, Copy>();
  const waiting: (() => void)[] = [];
  const state = { product: mug() as Product | undefined, looks: 0, held: false, fed };
  const near = createTaggedCache<SentProduct>({ maxEntries: 10, ttlMs: 1_000, now: () => 0 });
  const counts = { near: 0, shared: 0, misses: 0 };
  const read = createProductReader({
    near,
    isFed: () => state.fed,
    shared: {
      read: async (ids) => ids.map((id) => stored.get(id)),
      keep: (copies) => copies.forEach((copy, id) => stored.set(id, copy)),
    },
    counts: { hit: (tier) => void counts[tier]++, miss: () => void counts.misses++ },
    async find(storeId) {
      state.looks++;
      const found = storeId === 'STORE-1' ? state.product : undefined;
      if (state.held) await new Promise<void>((resolve) => waiting.push(resolve));
      return found;
    },
  });
  const event = (id: string, version: number) => {
    near.outdate([{ tag: productTag(id), version }]);
    near.drop(productTag(id));
  };
  return {
    ...{ read, event, state, stored, counts },
    release: () => waiting.splice(0).forEach((resume) => resume()),
  };
}

const turn = () => new Promise(setImmediate);
const renamed = (): Product => ({ ...mug(), name: 'Ruby mug', version: 2 });
const second = { etag: '"2"', body: expect.stringContaining('Ruby mug') as string };

describe('read-through of a product', () => {
  it('asks the database once for all who read at the same time, then answers at once', async () => {
    const { read, state, counts } = setUp();
    await Promise.all([1, 2, 3].map(() => read('STORE-1', 'P-1')));
    expect(state.looks).toBe(1);
    expect(read('STORE-1', 'P-1')).toMatchObject({ etag: '"1"' });
    expect(counts).toEqual({ near: 1, shared: 0, misses: 1 });
  });

  it('shows another tenant nothing, cached or not', async () => {
    const { read } = setUp();
    await read('STORE-1', 'P-1');
    await expect(read('STORE-2', 'P-1')).rejects.toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  });

  it('does not keep the old value of a read that was overtaken by an event', async () => {
    const { read, event, state, release } = setUp();
    state.held = true;
    const slow = read('STORE-1', 'P-1');
    await turn();
    state.product = renamed();
    event('P-1', 2);
    state.held = false;
    expect(await read('STORE-1', 'P-1')).toEqual(second);
    release();
    expect(await slow).toMatchObject({ etag: '"1"' });
    expect(read('STORE-1', 'P-1')).toEqual(second);
  });

  it('does not believe a shared copy that is older than an event', async () => {
    const { read, event, state, stored } = setUp();
    await read('STORE-1', 'P-1');
    const old = stored.get('P-1');
    state.product = renamed();
    event('P-1', 2);
    if (old) stored.set('P-1', old);
    expect(await read('STORE-1', 'P-1')).toEqual(second);
    expect(read('STORE-1', 'P-1')).toEqual(second);
  });

  it('takes a shared copy that is new enough', async () => {
    const { read, state, stored, counts, event } = setUp();
    event('P-1', 2);
    stored.set('P-1', { storeId: 'STORE-1', version: 2, text: 'Ruby mug' });
    expect(await read('STORE-1', 'P-1')).toEqual(second);
    expect([state.looks, counts]).toEqual([0, { near: 0, shared: 1, misses: 0 }]);
  });

  it('keeps nothing in the process while events may not arrive', async () => {
    const { read, state, counts } = setUp({ fed: false });
    await read('STORE-1', 'P-1');
    expect(read('STORE-1', 'P-1')).toBeInstanceOf(Promise);
    await turn();
    expect(state.looks).toBe(1);
    expect(counts).toEqual({ near: 0, shared: 1, misses: 1 });
  });

  it('does not keep that a product is missing', async () => {
    const { read, state } = setUp();
    state.product = undefined;
    await expect(read('STORE-1', 'P-1')).rejects.toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
    state.product = mug();
    expect(await read('STORE-1', 'P-1')).toMatchObject({ etag: '"1"' });
  });
});
