import { describe, expect, it } from 'vitest';
import { createConveyor } from './conveyor.ts';

const settled = () => new Promise<void>((next) => void setImmediate(() => setImmediate(next)));

describe('a conveyor', () => {
  it('hands over in order, in batches, and acknowledges what was handled', async () => {
    const batches: (readonly number[])[] = [];
    const conveyor = createConveyor<number>({
      maxBatch: 2,
      handle: async (batch) => void batches.push(batch),
    });
    const acknowledged: number[] = [];
    const done = (batch: readonly number[]): void => void acknowledged.push(...batch);
    const push = conveyor.connect({ done, lost: new AbortController().signal });
    [1, 2, 3].forEach(push);
    await settled();
    await conveyor.finish();
    expect(batches).toEqual([[1, 2], [3]]);
    expect(acknowledged).toEqual([1, 2, 3]);
  });

  it('tries a batch again before the next one', async () => {
    const tries: (readonly number[])[] = [];
    const handled = Promise.withResolvers<void>();
    const conveyor = createConveyor<number>({
      maxBatch: 1,
      handle: async (batch) => {
        tries.push(batch);
        if (tries.length === 1) throw new Error('not now');
        if (tries.length === 3) handled.resolve();
      },
    });
    const push = conveyor.connect({ done: () => undefined, lost: new AbortController().signal });
    [1, 2].forEach(push);
    await handled.promise;
    expect(tries).toEqual([[1], [1], [2]]);
  });

  it('acknowledges nothing of a lost connection, and begins the next one when its handler has ended', async () => {
    const ending = Promise.withResolvers<void>();
    const seen: string[] = [];
    const acknowledged: string[] = [];
    const conveyor = createConveyor<string>({
      maxBatch: 1,
      handle: async ([item]) => {
        seen.push(item!);
        if (item === 'old') await ending.promise;
      },
    });
    const done = (batch: readonly string[]): void => void acknowledged.push(...batch);
    const lost = new AbortController();
    conveyor.connect({ done, lost: lost.signal })('old');
    await settled();
    lost.abort();
    conveyor.connect({ done, lost: new AbortController().signal })('new');
    await settled();
    expect(seen).toEqual(['old']);
    ending.resolve();
    await settled();
    await conveyor.finish();
    expect(seen).toEqual(['old', 'new']);
    expect(acknowledged).toEqual(['new']);
  });

  it('takes nothing more after it was told to leave, on no connection', async () => {
    const seen: number[] = [];
    const conveyor = createConveyor<number>({
      maxBatch: 1,
      handle: async (batch) => void seen.push(...batch),
    });
    await conveyor.leave();
    conveyor.connect({ done: () => undefined, lost: new AbortController().signal })(1);
    await settled();
    expect(seen).toEqual([]);
  });
});
