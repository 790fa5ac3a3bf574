import fc from 'fast-check';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { Copy, CopyUpdates } from '@tradewind/cache/versioned-copies.ts';
import { describe, expect, it } from 'vitest';
import type { ProductLevels } from '#stock/levels.ts';
import { availableReader } from '#stock-levels/available.ts';
import { setStockCopies } from './stock-copies.ts';

/** Copies as Redis keeps them: a mark where somebody reads, and versions that never go back. */
function fakeCopies() {
  const stored = new Map<string, { version: number; copy?: Copy }>();
  const put = (id: string, copy: Copy) => {
    const known = stored.get(id);
    if (known && known.version <= copy.version) stored.set(id, { version: copy.version, copy });
  };
  const copies: CopyUpdates & { read: CopyUpdates['peek']; keep(copies: ReadonlyMap<string, Copy>): void } = {
    peek: async (ids) => ids.map((id) => stored.get(id)?.copy),
    async read(ids) {
      for (const id of ids) if (!stored.has(id)) stored.set(id, { version: 0 });
      return ids.map((id) => stored.get(id)?.copy);
    },
    keep: (all) => all.forEach((copy, id) => put(id, copy)),
    update: async (all) => all.forEach((copy, id) => put(id, copy)),
    async invalidate(versions) {
      for (const [id, version] of versions) {
        const known = stored.get(id);
        if (known && known.version < version) stored.set(id, { version });
      }
    },
  };
  return { copies, stored };
}

/** The write model: levels of product P, and the events that told of them. */
function shop() {
  let levels: ProductLevels = { productId: 'P', version: 0, stocks: [] };
  let asked = 0;
  const change = (sku: string, onHand: number) => {
    const version = levels.version + 1;
    const row = { storeId: 'S', sku, onHand, reserved: 0, version };
    levels = { ...levels, version, stocks: [...levels.stocks.filter((one) => one.sku !== sku), row] };
    return {
      ...{ topic: 'stock', partition: 0, offset: 0n, timestamp: 0, key: 'P' },
      headers: { storeId: 'S', aggregateVersion: String(version) },
      value: Buffer.from(JSON.stringify({ eventType: 'adjusted', payload: { ...row, productId: 'P' } })),
    };
  };
  const queries = {
    levelsOf: async () => {
      asked++;
      return levels.version === 0 ? [] : [levels];
    },
  };
  const onHand = () => levels.stocks.reduce((sum, row) => sum + row.onHand, 0);
  return { change, queries, onHand, asked: () => asked };
}
const decode = (value: Buffer) => JSON.parse(value.toString()) as AnyEvent;

describe('inventory:{productId}', () => {
  it('follows events without asking the tables again', async () => {
    const { copies } = fakeCopies();
    const { change, queries, onHand, asked } = shop();
    const follow = setStockCopies(copies, decode);
    const available = availableReader(copies, queries);
    await follow([change('A', 5)]);
    expect((await available('S', ['P'])).get('P')).toBe(5);
    await follow([change('A', 3), change('B', 4)]);
    await follow([change('B', 2)]);
    expect([(await available('S', ['P'])).get('P'), onHand(), asked()]).toEqual([5, 5, 1]);
  });

  it('keeps nothing of what nobody reads, and shows another tenant nothing', async () => {
    const { copies, stored } = fakeCopies();
    const { change, queries } = shop();
    const follow = setStockCopies(copies, decode);
    await follow([change('A', 5)]);
    expect(stored.size).toBe(0);
    await availableReader(copies, queries)('S', ['P']);
    const theirs = availableReader(copies, { levelsOf: async () => [] });
    expect((await theirs('T', ['P'])).size).toBe(0);
  });

  it('goes where an event is missing', async () => {
    const { copies } = fakeCopies();
    const { change, queries, asked } = shop();
    const available = availableReader(copies, queries);
    change('A', 5);
    await available('S', ['P']);
    change('A', 4);
    await setStockCopies(copies, decode)([change('A', 3)]);
    expect([(await available('S', ['P'])).get('P'), asked()]).toEqual([3, 2]);
  });

  it('is right once all events have come, whatever came in between', async () => {
    const step = fc.oneof(
      fc.record({ sku: fc.constantFrom('A', 'B'), onHand: fc.nat(9) }),
      fc.constant('read' as const),
      fc.constant('hear' as const),
      fc.constant('wiped' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { copies, stored } = fakeCopies();
        const { change, queries, onHand } = shop();
        const follow = setStockCopies(copies, decode);
        const available = availableReader(copies, queries);
        let waiting: ReturnType<typeof change>[] = [];
        const hear = async () => {
          if (waiting.length > 0) await follow(waiting);
          waiting = [];
        };
        for (const one of steps) {
          if (one === 'read') await available('S', ['P']);
          else if (one === 'hear') await hear();
          else if (one === 'wiped') stored.clear();
          else waiting.push(change(one.sku, one.onHand));
        }
        await hear();
        expect((await available('S', ['P'])).get('P') ?? 0).toBe(onHand());
      }),
    );
  });
});
