import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Change } from './fact.ts';
import { type Entry, fold, type Timed } from './fold.ts';
import { DAY_MS, startOf } from './window.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const from = { watermark: 0, latenessMs: 30_000 };
const paid = (amount: bigint, currency = 'USD'): Change => ({
  kind: 'paid',
  ...{ currency, amount, createdAt: NOON - 60_000, lines: [{ productId: 'P1', qty: 2, amount }] },
});
const refunded = (amount: bigint): Change => ({ kind: 'refunded', currency: 'USD', amount });
const canceled: Change = {
  kind: 'canceled',
  currency: 'USD',
  lines: [{ productId: 'P1', qty: 2, amount: 100n }],
};
const fact = (key: string, version: number, change: Change, at = NOON, storeId = 'STORE-1'): Timed => ({
  ...{ storeId, key, version, change, occurredAt: at, storedAt: at },
});

interface Table {
  readonly known: Map<string, Map<string, Entry>>;
  readonly revenue: Map<string, { gross: bigint; refunded: bigint; orders: number; late: number }>;
  readonly counts: Map<string, number>;
  readonly products: Map<string, bigint>;
  watermark: number;
}

/** Applies batches as the tables do: entries are replaced, sums are added. */
function applied(batches: readonly (readonly Timed[])[]): Table {
  const table: Table = {
    ...{ known: new Map(), revenue: new Map(), counts: new Map(), products: new Map() },
    watermark: 0,
  };
  for (const batch of batches) {
    const folded = fold(table.known, batch, { ...from, watermark: table.watermark });
    table.watermark = folded.watermark;
    for (const [storeId, { changed, sums }] of folded.byTenant) {
      table.known.set(storeId, new Map([...(table.known.get(storeId) ?? []), ...changed]));
      for (const [key, sum] of sums.revenue) {
        const old = table.revenue.get(`${storeId} ${key}`) ?? { gross: 0n, refunded: 0n, orders: 0, late: 0 };
        table.revenue.set(`${storeId} ${key}`, {
          gross: old.gross + sum.gross,
          refunded: old.refunded + sum.refunded,
          orders: old.orders + sum.orders,
          late: old.late + sum.late,
        });
      }
      for (const [key, { count }] of sums.counts)
        table.counts.set(`${storeId} ${key}`, (table.counts.get(`${storeId} ${key}`) ?? 0) + count);
      for (const [key, { amount }] of sums.products)
        table.products.set(`${storeId} ${key}`, (table.products.get(`${storeId} ${key}`) ?? 0n) + amount);
    }
  }
  return table;
}

const dayOf = (facts: readonly Timed[]) =>
  applied([facts]).revenue.get(`STORE-1 1d ${startOf('1d', NOON)} USD`);

describe('a day', () => {
  it('has what was paid, less what went back', () =>
    expect(dayOf([fact('A', 2, paid(100n)), fact('A', 3, refunded(40n))])).toMatchObject({
      ...{ gross: 100n, refunded: 40n, orders: 1 },
    }));

  it('is lowered once by a cancellation, whose refund comes as an event of its own', () =>
    expect(
      dayOf([fact('A', 2, paid(100n)), fact('A', 3, refunded(100n)), fact('A', 4, canceled)]),
    ).toMatchObject({ gross: 100n, refunded: 100n }));

  it('is lowered by a cancellation that no refund came before', () =>
    expect(dayOf([fact('A', 2, paid(100n)), fact('A', 3, canceled)])).toMatchObject({ refunded: 100n }));

  it('loses nothing by the cancellation of what was never paid', () =>
    expect(dayOf([fact('A', 2, canceled)])).toMatchObject({ gross: 0n, refunded: 0n, orders: 0 }));

  it('keeps what it had: money that goes back later lowers the later day', () => {
    const { revenue } = applied([
      [
        fact('A', 2, paid(100n)),
        fact('A', 3, refunded(100n), NOON + DAY_MS),
        fact('A', 4, canceled, NOON + DAY_MS),
      ],
    ]);
    expect(revenue.get(`STORE-1 1d ${startOf('1d', NOON)} USD`)).toMatchObject({ gross: 100n, refunded: 0n });
    expect(revenue.get(`STORE-1 1d ${startOf('1d', NOON + DAY_MS)} USD`)).toMatchObject({ refunded: 100n });
  });
});

describe('late events', () => {
  it('correct their window, and are counted', () => {
    const { revenue } = applied([
      [
        fact('A', 2, paid(100n), NOON + 600_000),
        fact('B', 2, paid(7n), NOON),
        fact('C', 2, paid(1n), NOON + 590_000),
      ],
    ]);
    expect(revenue.get(`STORE-1 1m ${NOON} USD`)).toMatchObject({ gross: 7n, late: 1 });
    expect(revenue.get(`STORE-1 1h ${NOON} USD`)).toMatchObject({ gross: 108n, late: 0 });
  });

  it('are not made by an event that claims to be of the future', () => {
    const claims = { ...fact('A', 2, paid(1n), NOON + DAY_MS), storedAt: NOON };
    expect(fold(new Map(), [claims, fact('B', 2, paid(1n))], from)).toMatchObject({
      watermark: NOON,
      late: 0,
    });
  });
});

/** A history of some orders of two tenants, in the order of their versions, mixed. */
const histories = fc
  .array(
    fc.record({
      storeId: fc.constantFrom('STORE-1', 'STORE-2'),
      at: fc.integer({ min: NOON, max: NOON + 3 * DAY_MS }),
      amount: fc.bigInt({ min: 1n, max: 10_000n }),
      back: fc.constantFrom('nothing', 'some', 'all', 'canceled'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((orders) =>
    orders.flatMap(({ storeId, at, amount, back }, n) => {
      const key = `O${n}`;
      const all = [
        fact(key, 1, { kind: 'stage', stage: 'ORDER_CREATED' }, at, storeId),
        fact(key, 3, paid(amount), at + 1_000, storeId),
      ];
      if (back === 'some') all.push(fact(key, 4, refunded(1n), at + 50_000_000, storeId));
      if (back === 'all') all.push(fact(key, 4, refunded(amount), at + 90_000_000, storeId));
      if (back === 'canceled') all.push(fact(key, 4, canceled, at + 70_000_000, storeId));
      return all;
    }),
  )
  .map((facts) => facts.toSorted((a, b) => a.occurredAt - b.occurredAt));

describe('any split into batches, with anything sent again', () => {
  test.prop([histories, fc.array(fc.nat(40), { maxLength: 10 }), fc.array(fc.nat(40), { maxLength: 6 })])(
    'gives the same sums as one batch without repeats',
    (facts, cuts, repeats) => {
      const whole = applied([facts]);
      const places = [0, ...cuts.map((cut) => cut % (facts.length + 1)), facts.length].toSorted(
        (a, b) => a - b,
      );
      const batches = places.slice(1).map((end, n) => facts.slice(places[n], end));
      // Whatever a batch holds may have been in an earlier one, or come twice in this one.
      const again = batches.map((batch, n) => {
        const before = facts.slice(0, places[n + 1]);
        const back = repeats.flatMap((at) => before[at % Math.max(before.length, 1)] ?? []);
        return [...batch, ...back];
      });
      const split = applied(again);
      expect(split.revenue).toEqual(whole.revenue);
      expect(split.counts).toEqual(whole.counts);
      expect(split.products).toEqual(whole.products);
      expect(split.watermark).toBe(whole.watermark);
    },
  );

  test.prop([histories])('adds up to the money that was kept, by a naive count', (facts) => {
    const { revenue } = applied([facts]);
    const days = [...revenue].filter(([key]) => key.includes(' 1d '));
    const kept = days.reduce((sum, [, { gross, refunded: back }]) => sum + gross - back, 0n);
    const orders = Map.groupBy(facts, ({ storeId, key }) => `${storeId} ${key}`);
    const naive = [...orders.values()].reduce((sum, events) => {
      let left = 0n;
      for (const { change } of events) {
        if (change.kind === 'paid') left += change.amount;
        if (change.kind === 'refunded') left -= change.amount;
        if (change.kind === 'canceled') left = 0n;
      }
      return sum + left;
    }, 0n);
    expect(kept).toBe(naive);
  });
});
