import { describe, expect, it } from 'vitest';
import { type DayFigures, figureMismatches, orderFigures } from './a1-figures-agree.ts';

const day = (date: string, gross: bigint, refunded = 0n, orders = 1n): DayFigures => ({
  ...{ storeId: 'S', day: date, currency: 'USD', gross, refunded, orders },
});
const at = (date: string) => ({ storeId: 'S', orderId: 'o', day: date, currency: 'USD' });
const [monday, tuesday] = ['2026-11-16', '2026-11-17'];

describe('A1', () => {
  it('takes what went back from the day on which it did', () =>
    expect(orderFigures([day(monday, 500n)], [{ ...at(tuesday), amount: 100n }], [])).toEqual([
      day(monday, 500n),
      day(tuesday, 0n, 100n, 0n),
    ]));

  it('counts with a cancellation only what its refund has left', () => {
    const canceled = [{ ...at(tuesday), captured: 500n }];
    const refunded = (amount: bigint) => orderFigures([], [{ ...at(monday), amount }], canceled);
    expect(refunded(500n)).toEqual([day(monday, 0n, 500n, 0n), day(tuesday, 0n, 0n, 0n)]);
    expect(refunded(200n)).toEqual([day(monday, 0n, 200n, 0n), day(tuesday, 0n, 300n, 0n)]);
  });

  it('finds a day that two tell differently, or one does not know', () => {
    const compare = (one: DayFigures[], other: DayFigures[]) =>
      figureMismatches('orders', one, 'windows', other).map(({ subject }) => subject);
    expect(compare([day(monday, 500n)], [day(monday, 500n)])).toEqual([]);
    expect(compare([day(monday, 500n)], [day(monday, 500n, 0n, 2n)])).toEqual([`S ${monday} USD`]);
    expect(compare([day(monday, 500n)], [])).toEqual([`S ${monday} USD`]);
    expect(compare([], [day(monday, 1n)])).toEqual([`S ${monday} USD`]);
  });

  it('takes a day without money for none', () =>
    expect(figureMismatches('orders', [], 'windows', [day(monday, 0n, 0n, 0n)])).toEqual([]));
});
