import { type Projection, projection } from '@tradewind/outbox/projection.ts';
import { describe, expect, it } from 'vitest';
import { untilApplied } from './fresh-reads.ts';

const orders: Projection = projection<{ order_id: string }>({
  ...{ name: 'orders', topics: ['orders', 'stock'], key: 'order_id' },
  keyOf: (event) => event.partitionKey,
  evolve: (row) => row,
});
const position = (entries: Record<string, Record<string, number>>) =>
  new Map(Object.entries(entries).map(([topic, keys]) => [topic, new Map(Object.entries(keys))]));

describe('a read that must see a write', () => {
  it('goes on at once where the projection has it', async () => {
    const asked: string[] = [];
    const applied = async (_: Projection, storeId: string, key: string, topic: string) => {
      asked.push(`${storeId} ${topic} ${key}`);
      return 3;
    };
    const wanted = position({ orders: { O: 3 }, elsewhere: { X: 9 } });
    expect(await untilApplied(applied, orders, 'S', wanted, 0)).toBe(0);
    expect(asked).toEqual(['S orders O']);
  });

  it('waits until the last of what was written is there', async () => {
    const versions: Record<string, number> = { O: 1, P: 7 };
    const applied = async (_: Projection, _storeId: string, key: string) => versions[key]!++;
    const wanted = position({ orders: { O: 4 }, stock: { P: 7 } });
    expect(await untilApplied(applied, orders, 'S', wanted, 60_000)).toBe(0);
    expect(versions['O']).toBeGreaterThanOrEqual(4);
  });

  it('says how many versions are left when the time is over', async () => {
    const wanted = position({ orders: { O: 4, Q: 1 } });
    const applied = async (_: Projection, _storeId: string, key: string) => (key === 'O' ? 2 : 0);
    expect(await untilApplied(applied, orders, 'S', wanted, 20)).toBe(3);
  });
});
