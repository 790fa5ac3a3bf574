import { fc } from '@fast-check/vitest';
import type { Effect } from './effect-types.ts';
import { discountCode, HOUR, line, NOW, promotion } from './engine.fixture.ts';
import type { RequestLine } from './request.ts';
import type { Conditions, DiscountCode, FlashSale, PriceList, Promotion, RuleSet } from './rules.ts';

export const PRODUCTS = ['A', 'B', 'C', 'D', 'E'];
const CATEGORIES: Readonly<Record<string, string[]>> = { A: ['X'], B: ['X', 'Y'], C: ['Y'], D: ['Z'] };
const CODES = ['ONE', 'TWO'];

const product = fc.constantFrom(...PRODUCTS);
const products = fc.uniqueArray(product, { minLength: 1, maxLength: 3 });
/** Small and round ones too: remainders that tie are where an order of lines would show. */
const minor = fc.oneof(
  fc.bigInt({ min: 0n, max: 100_000n }),
  fc.constantFrom(0n, 1n, 2n, 5n, 100n, 999n, 1000n),
);
export const basisPoints = fc.oneof(
  fc.integer({ min: 0, max: 10_000 }),
  fc.constantFrom(1000, 2500, 5000, 10_000),
);
const pieces = fc.integer({ min: 1, max: 9 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const window = {
  startsAt: maybe(fc.constantFrom(NOW - HOUR, NOW + HOUR)),
  endsAt: maybe(fc.constant(NOW + HOUR)),
};

/** Every product costs the same in each of its lines, as it does in a shop. */
export const cart: fc.Arbitrary<RequestLine[]> = fc
  .tuple(
    fc.array(minor, { minLength: PRODUCTS.length, maxLength: PRODUCTS.length }),
    fc.array(fc.tuple(product, pieces), { minLength: 1, maxLength: 8 }),
  )
  .map(([prices, chosen]) =>
    chosen.map(([id, qty]) =>
      line(id, { qty, baseMinor: prices[PRODUCTS.indexOf(id)] ?? 0n, categoryIds: CATEGORIES[id] ?? [] }),
    ),
  );

const rising = fc
  .uniqueArray(pieces, { minLength: 1, maxLength: 3 })
  .map((steps) => steps.sort((a, b) => a - b));
const tiersOf = <Tier>(tier: fc.Arbitrary<Tier>) =>
  fc.tuple(rising, fc.array(tier, { minLength: 3, maxLength: 3 }));

export const effect: fc.Arbitrary<Effect> = fc.oneof(
  basisPoints.map((points): Effect => ({ type: 'PERCENTAGE', basisPoints: points })),
  minor.map((amountMinor): Effect => ({ type: 'FIXED', amountMinor })),
  fc
    .record({ buy: pieces, get: pieces, basisPoints: maybe(basisPoints) })
    .map((given): Effect => ({ type: 'BUY_X_GET_Y', ...given })),
  fc.constant<Effect>({ type: 'FREE_SHIPPING' }),
  tiersOf(basisPoints).map(([steps, offs]): Effect => ({
    type: 'TIERED',
    measure: 'QTY',
    tiers: steps.map((minQty, index) => ({ minQty, basisPoints: offs[index] ?? 0 })),
  })),
  tiersOf(minor).map(([steps, offs]): Effect => ({
    type: 'TIERED',
    measure: 'SUBTOTAL',
    tiers: steps.map((step, index) => ({ minMinor: BigInt(step) * 1000n, amountMinor: offs[index] ?? 0n })),
  })),
);

const node = {
  productIds: maybe(products),
  categoryIds: maybe(fc.uniqueArray(fc.constantFrom('X', 'Y', 'Z'), { minLength: 1, maxLength: 2 })),
  minQty: maybe(pieces),
  minSubtotalMinor: maybe(minor),
  segment: maybe(fc.constantFrom('VIP', 'NEW')),
  codes: maybe(fc.constantFrom(['ONE'], ['TWO', 'THREE'])),
};
const leaf: fc.Arbitrary<Conditions> = fc.record(node);
const children = maybe(fc.array(leaf, { minLength: 1, maxLength: 2 }));
const conditions = fc.oneof(
  fc.constant<Conditions>({}),
  leaf,
  fc.record({ ...node, all: children, any: children }),
);

const promotions: fc.Arbitrary<Promotion[]> = fc
  .array(
    fc.record({
      effect,
      conditions,
      priority: fc.integer({ min: 0, max: 2 }),
      stackable: fc.boolean(),
      excludes: maybe(fc.constantFrom(['P0'], ['P1', 'ID-ONE'])),
      ...window,
    }),
    { maxLength: 5 },
  )
  .map((all) => all.map((given, index) => promotion(`P${index}`, given)));
const codes: fc.Arbitrary<DiscountCode[]> = fc
  .record({ effect, conditions: maybe(leaf), stackable: maybe(fc.boolean()), ...window })
  .map((given) => [discountCode('ONE', given)]);
const priceLists: fc.Arbitrary<PriceList[]> = fc
  .record({ product, first: minor, more: minor, segment: maybe(fc.constant('VIP')), ...window })
  .map(({ product, first, more, ...given }) => [
    {
      id: 'L',
      name: 'L',
      currency: 'USD',
      priority: 0,
      prices: new Map([
        [
          product,
          [
            { minQty: 1, unitMinor: first },
            { minQty: 5, unitMinor: more },
          ],
        ],
      ]),
      ...given,
    },
  ]);
const flashSales: fc.Arbitrary<FlashSale[]> = fc
  .record({ product, other: product, unitMinor: minor, basisPoints, ...window })
  .map(({ product, other, unitMinor, basisPoints, ...given }) => [
    {
      id: 'F',
      name: 'F',
      prices: new Map([
        [product, { unitMinor, currency: 'USD' }],
        [other, { basisPoints }],
      ]),
      ...given,
    },
  ]);
export const ruleSet: fc.Arbitrary<RuleSet> = fc.record({ priceLists, flashSales, promotions, codes });
export const asked = fc.record({
  segment: maybe(fc.constantFrom('VIP', 'NEW')),
  codes: fc.subarray(CODES),
});
