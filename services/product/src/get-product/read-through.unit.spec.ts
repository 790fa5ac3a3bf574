import { describe, expect, it } from 'vitest';
import type { CachedProduct } from '#cache/near-cache.ts';
import { createNearCache } from '#cache/near-cache.ts';
import { mug } from '#product/product.fixture.ts';
import type { Product } from '#product/product.ts';
import { createProductReader } from './read-through.ts';

/** A database whose answers can be held back, and a shared cache that is a map. */
function setUp({ fed = true } = {}) {
  const stored = new Map<string, CachedProduct>();
  const waiting: (() => void)[] = [];
  const state = { product: mug() as Product | undefined, looks: 0, held: false, fed };
  const near = createNearCache({ maxEntries: 10, ttlMs: 1_000, floorTtlMs: 5_000, now: () => 0 });
  const counts = { near: 0, shared: 0, misses: 0 };
  const reader = createProductReader({
    near,
    nearIsFed: () => state.fed,
    shared: {
      get: async (id) => stored.get(id),
      fill: (id, product) => void stored.set(id, product),
    },
    counts: { hit: (tier) => void counts[tier]++, miss: () => void counts.misses++, ratio: 0 },
    async find(storeId) {
      state.looks++;
      const found = storeId === 'STORE-1' ? state.product : undefined;
      if (state.held) await new Promise<void>((resolve) => waiting.push(resolve));
      return found;
    },
  });
  return {
    reader,
    state,
    stored,
    counts,
    release: () => waiting.splice(0).forEach((resume) => resume()),
    waiting,
  };
}

const turn = () => new Promise(setImmediate);
const renamed = (): Product => ({ ...mug(), name: 'Ruby mug', version: 2 });

describe('read-through', () => {
  it('asks the database once for all who read at the same time, then answers at once', async () => {
    const { reader, state, counts } = setUp();
    await Promise.all([1, 2, 3].map(() => reader.read('STORE-1', 'P-1')));
    expect(state.looks).toBe(1);
    expect(reader.read('STORE-1', 'P-1')).toMatchObject({ version: 1, etag: '"1"' });
    expect(counts).toEqual({ near: 1, shared: 0, misses: 1 });
  });

  it('shows another tenant nothing, cached or not', async () => {
    const { reader } = setUp();
    await reader.read('STORE-1', 'P-1');
    await expect(reader.read('STORE-2', 'P-1')).rejects.toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  });

  it('does not keep the old value of a read that was overtaken by an invalidation', async () => {
    const { reader, state, release } = setUp();
    state.held = true;
    const slow = reader.read('STORE-1', 'P-1');
    await turn();
    state.product = renamed();
    reader.invalidate('P-1', 2);
    state.held = false;
    expect(await reader.read('STORE-1', 'P-1')).toMatchObject({ version: 2 });
    release();
    expect(await slow).toMatchObject({ version: 1 });
    expect(reader.read('STORE-1', 'P-1')).toMatchObject({ version: 2 });
  });

  it('does not believe a shared copy that is older than an event', async () => {
    const { reader, state, stored } = setUp();
    const old = await reader.read('STORE-1', 'P-1');
    state.product = renamed();
    reader.invalidate('P-1', 2);
    stored.set('P-1', old);
    expect(await reader.read('STORE-1', 'P-1')).toMatchObject({ version: 2 });
    expect(reader.read('STORE-1', 'P-1')).toMatchObject({ version: 2 });
  });

  it('keeps nothing in the process while invalidations may not arrive', async () => {
    const { reader, state, counts } = setUp({ fed: false });
    await reader.read('STORE-1', 'P-1');
    expect(reader.read('STORE-1', 'P-1')).toBeInstanceOf(Promise);
    await turn();
    expect(state.looks).toBe(1);
    expect(counts).toEqual({ near: 0, shared: 1, misses: 1 });
  });

  it('does not keep that a product is missing', async () => {
    const { reader, state } = setUp();
    state.product = undefined;
    await expect(reader.read('STORE-1', 'P-1')).rejects.toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
    state.product = mug();
    expect(await reader.read('STORE-1', 'P-1')).toMatchObject({ version: 1 });
  });
});
