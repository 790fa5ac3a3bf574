import type { Copy } from '@tradewind/cache/versioned-copies.ts';
import { describe, expect, it } from 'vitest';
import { partLoader } from './part-loader.ts';

function shop(cached: Record<string, Copy> = {}) {
  const asked: string[][] = [];
  const looked: string[][] = [];
  const kept = new Map<string, Copy>();
  const cache = {
    async read(ids: readonly string[]) {
      looked.push([...ids]);
      return ids.map((id) => cached[id]);
    },
    keep: (parts: ReadonlyMap<string, Copy>) => parts.forEach((part, id) => kept.set(id, part)),
  };
  const find = async (_storeId: string, ids: readonly string[]) => {
    asked.push([...ids]);
    return new Map(ids.filter((id) => id !== 'NONE').map((id) => [id, { version: 3, body: `new ${id}` }]));
  };
  return { asked, looked, kept, loader: partLoader('STORE-1', cache, find) };
}

describe('parts of products', () => {
  it('that are asked for together cost one look and one query', async () => {
    const { loader, asked, looked } = shop();
    const ids = Array.from({ length: 20 }, (_, at) => `P-${at}`);
    expect(await Promise.all(ids.map((id) => loader.load(id)))).toEqual(ids.map((id) => `new ${id}`));
    await loader.load('P-3');
    expect([asked, looked]).toEqual([[ids], [ids]]);
  });

  it('are read from the tables only where the cache has none of this tenant', async () => {
    const part = (storeId: string): Copy => ({ storeId, version: 2, text: '"known"' });
    const { loader, asked, kept } = shop({ MINE: part('STORE-1'), THEIRS: part('STORE-2') });
    const loaded = Promise.all(['MINE', 'THEIRS', 'NONE'].map((id) => loader.load(id)));
    expect(await loaded).toEqual(['known', 'new THEIRS', null]);
    expect(asked).toEqual([['THEIRS', 'NONE']]);
    expect([...kept]).toEqual([['THEIRS', { storeId: 'STORE-1', version: 3, text: '"new THEIRS"' }]]);
  });
});
