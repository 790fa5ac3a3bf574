import { expect, it } from 'vitest';
import { listLoader } from './list-loader.ts';

it('lists of one moment are one query with each key once; later ones are read again', async () => {
  const asked: unknown[] = [];
  const loader = listLoader('STORE-1', async (storeId, keys) => {
    asked.push([storeId, keys]);
    return new Map([['A', [`a${asked.length}`]]]);
  });
  expect(await Promise.all(['A', 'B', 'A'].map((key) => loader.load(key)))).toEqual([['a1'], [], ['a1']]);
  expect(await loader.load('A')).toEqual(['a2']);
  expect(asked).toEqual([
    ['STORE-1', ['A', 'B']],
    ['STORE-1', ['A']],
  ]);
});
