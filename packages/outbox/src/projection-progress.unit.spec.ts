import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { expect, it } from 'vitest';
import { progressMarks } from './projection-progress.ts';

it('marks each partition at most once a second', async () => {
  let now = 0;
  const written: string[] = [];
  const tx = {
    query: async (_: string, [, , rows]: [string, number, string]) => {
      written.push(
        ...(JSON.parse(rows) as { partition: number; next: string }[]).map(
          (one) => `${one.partition}@${one.next}`,
        ),
      );
      return [];
    },
  } as unknown as Transaction;
  const progress = progressMarks('orders', () => now);
  const reach = (...places: [partition: number, next: string][]) =>
    progress.mark(
      tx,
      1,
      places.map(([partition, next]) => ({ topic: 't', partition, next })),
    );
  await reach([0, '1'], [1, '1']);
  now = 900;
  await reach([0, '2'], [2, '1']);
  now = 1_000;
  await reach([0, '3'], [2, '2']);
  now = 1_100;
  await reach([2, '3']);
  expect(written).toEqual(['0@1', '1@1', '2@1', '0@3']);
});
