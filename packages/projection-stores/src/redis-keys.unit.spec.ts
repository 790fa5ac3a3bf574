import { describe, expect, it } from 'vitest';
import { projection } from '@tradewind/outbox/projection.ts';
import type { StoredRow } from '@tradewind/outbox/projection-store.ts';
import { BUCKETS, bucketOf, decodeRow, encodeRow, indexCommands, redisKeys } from './redis-keys.ts';

const orders = projection<{ id: string }>({
  name: 'orders',
  topics: [],
  key: 'id',
  keyOf: (event) => event.partitionKey,
  evolve: (row) => row,
});
const keys = redisKeys('shop', orders, 3);
const row = (status: string, at: string, minor = 5): StoredRow => ({
  ...{ store_id: 'S:1', versions: { t: 1 }, id: 'O1', user_id: 'U 1', status, at, minor },
});

describe('names in Redis', () => {
  it('belong to one service, projection and version', () => {
    expect(keys.marker).toBe('projection:shop:orders:v3');
    expect(redisKeys('shop', orders, 30).all).not.toContain('v3:');
  });
  it('do not run into each other, whatever tenants and customers are called', () => {
    expect(keys.sorted('a:b', 'at', ['c'])).not.toBe(keys.sorted('a', 'at', ['b', 'c']));
    expect(keys.rows('a:1', 'x')).not.toBe(keys.rows('a', '1:x'));
  });
  it('spread the rows of a tenant over all buckets', () => {
    const used = new Set(Array.from({ length: 10_000 }, (_, n) => bucketOf(`order-${n}`)));
    expect(used.size).toBe(BUCKETS);
  });
});

it('a row is read as it was written', () => {
  const one = row('PAID', '2026-01-31T12:00:00Z');
  expect(decodeRow(encodeRow({ ...one, note: 'two\nlines' }))).toEqual({ ...one, note: 'two\nlines' });
});

it('a row is the same bytes in whatever order its topics came', () => {
  const one = row('PAID', '2026-01-31T12:00:00Z');
  const [ab, ba] = [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ].map((versions) => encodeRow({ ...one, versions }));
  expect(ab).toBe(ba);
});

describe('sets and sums beside a row', () => {
  const layout = {
    sorted: [{ by: ['user_id'], score: 'at' }],
    sums: { by: ['status'], sum: 'minor' },
  };
  const [early, late] = ['2026-01-31T12:00:00Z', '2026-01-31T12:00:01Z'];
  const commands = (before: StoredRow | undefined, after: StoredRow) =>
    indexCommands(keys, layout, 'O1', { before, after }).map(([command, , first, second]) => [
      command,
      first,
      second,
    ]);

  it('begin with the row', () =>
    expect(commands(undefined, row('NEW', early))).toEqual([
      ['SADD', 'S:1', 'S:1'],
      ['ZADD', Date.parse(early), 'O1'],
      ['HINCRBY', 'n["NEW"]', 1],
      ['HINCRBY', 's["NEW"]', 5],
    ]));
  it('move with its values', () =>
    expect(commands(row('NEW', early), row('PAID', late))).toEqual([
      ['ZADD', Date.parse(late), 'O1'],
      ['HINCRBY', 'n["NEW"]', -1],
      ['HINCRBY', 'n["PAID"]', 1],
      ['HINCRBY', 's["NEW"]', -5],
      ['HINCRBY', 's["PAID"]', 5],
    ]));
  it('stay as they are where nothing they hold has changed', () =>
    expect(commands(row('NEW', early), row('NEW', early))).toEqual([]));
  it('follow an amount that changes', () =>
    expect(commands(row('NEW', early), row('NEW', early, 7))).toEqual([
      ['HINCRBY', 's["NEW"]', -5],
      ['HINCRBY', 's["NEW"]', 7],
    ]));
});
