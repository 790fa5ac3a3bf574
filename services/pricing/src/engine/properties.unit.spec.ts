import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { asked, basisPoints, cart, effect, PRODUCTS, ruleSet } from './arbitraries.fixture.ts';
import type { Effect } from './effect-types.ts';
import { line, NOW, promotion, resolved } from './engine.fixture.ts';
import type { RequestLine, Resolution } from './request.ts';

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, amount) => all + amount, 0n);
const sorted = (lines: Resolution['lines']): string[] =>
  lines
    .map(({ productId, qty, totalMinor, rules }) =>
      [
        productId,
        qty,
        totalMinor,
        ...rules.map(({ ruleId, amountMinor }) => `${ruleId}:${amountMinor}`),
      ].join(' '),
    )
    .sort();

describe('any price', () => {
  it.prop([ruleSet, cart, asked])(
    'adds up to the last minor unit and is never negative',
    (given, lines, query) => {
      const { lines: priced, totalMinor, discountMinor, orderRules } = resolved(given, lines, query);
      const before = sum(priced.map(({ priceMinor, qty }) => priceMinor * BigInt(qty)));
      expect(sum(priced.map((each) => each.totalMinor))).toBe(totalMinor);
      expect(before - discountMinor).toBe(totalMinor);
      const ofLines = priced
        .flatMap(({ rules }) => rules)
        .filter(({ kind }) => kind === 'PROMOTION' || kind === 'CODE');
      const freeWithAmount = orderRules.filter(({ amountMinor }) => amountMinor > 0n);
      expect(sum([...ofLines, ...freeWithAmount].map(({ amountMinor }) => amountMinor))).toBe(discountMinor);
      for (const { totalMinor, listMinor, priceMinor, qty, rules } of priced) {
        expect(totalMinor).toBeGreaterThanOrEqual(0n);
        expect(totalMinor).toBeLessThanOrEqual(priceMinor * BigInt(qty));
        expect(rules.every(({ amountMinor }) => amountMinor >= 0n)).toBe(true);
        const base = sum(
          rules
            .filter(({ kind }) => kind === 'PRICE_LIST' || kind === 'FLASH_SALE')
            .map(({ amountMinor }) => amountMinor),
        );
        if (priceMinor <= listMinor) expect((listMinor - priceMinor) * BigInt(qty)).toBe(base);
      }
    },
  );

  it.prop([ruleSet, cart, asked, fc.infiniteStream(fc.nat())])(
    'does not depend on the order of lines or rules',
    (given, lines, query, order) => {
      const shuffle = <T>(all: readonly T[]): T[] =>
        all
          .map((each) => [order.next().value, each] as const)
          .sort(([a], [b]) => a - b)
          .map(([, each]) => each);
      const one = resolved(given, lines, query);
      const other = resolved(
        { ...given, promotions: shuffle(given.promotions), codes: shuffle(given.codes) },
        shuffle(lines),
        { ...query, codes: shuffle(query.codes) },
      );
      expect({ ...other, lines: sorted(other.lines) }).toEqual({ ...one, lines: sorted(one.lines) });
    },
  );

  it.prop([ruleSet, cart, asked, fc.nat()])(
    'does not depend on how pieces are spread over lines',
    (given, lines, query, at) => {
      const whole = lines[at % lines.length] ?? line('A');
      fc.pre(whole.qty > 1);
      const parts = [
        { ...whole, qty: 1 },
        { ...whole, qty: whole.qty - 1 },
      ];
      const rest = lines.filter((each) => each !== whole);
      const one = resolved(given, lines, query);
      const other = resolved(given, [...parts, ...rest], query);
      const perProduct = ({ lines: all }: Resolution) =>
        PRODUCTS.map((id) =>
          sum(all.filter(({ productId }) => productId === id).map(({ totalMinor }) => totalMinor)),
        );
      expect(perProduct(other)).toEqual(perProduct(one));
      expect({ ...other, lines: [] }).toEqual({ ...one, lines: [] });
    },
  );

  it.prop([ruleSet, cart, asked, effect])(
    'is not changed by a rule that does not apply',
    (given, lines, query, effect) => {
      const missing = [{ minQty: 1000 }, { productIds: ['NONE'] }, { any: [{ segment: 'NOBODY' }] }];
      const ids = ['P00', 'P9'];
      const idle = ids.flatMap((id) =>
        missing.map((conditions, index) =>
          promotion(`${id}${index}`, {
            conditions,
            effect,
            priority: 3,
            stackable: false,
            excludes: ['P0', 'ID-ONE'],
          }),
        ),
      );
      const over = promotion('OVER', { effect, priority: 3, stackable: false, endsAt: NOW });
      const more = { ...given, promotions: [...given.promotions, ...idle, over] };
      expect(resolved(more, lines, query)).toEqual(resolved(given, lines, query));
    },
  );

  it.prop([ruleSet, cart, asked])('has an exclusive rule alone on its lines', (given, lines, query) => {
    const alone = new Set(given.promotions.filter(({ stackable }) => !stackable).map(({ id }) => id));
    const resolution = resolved(given, lines, query);
    const onWhole = resolution.orderRules
      .filter(({ amountMinor }) => amountMinor > 0n)
      .map(({ ruleId }) => ruleId);
    for (const { rules } of resolution.lines) {
      const onLine = rules
        .filter(({ kind }) => kind === 'PROMOTION' || kind === 'CODE')
        .map(({ ruleId }) => ruleId);
      if (onLine.some((id) => alone.has(id))) expect(onLine).toHaveLength(1);
    }
    if (resolution.lines.length === 1 && onWhole.some((id) => alone.has(id))) expect(onWhole).toHaveLength(1);
  });
});

describe('a single promotion', () => {
  const off = (effect: Effect, lines: RequestLine[]) =>
    resolved({ promotions: [promotion('P', { effect })] }, lines);

  it.prop([cart, basisPoints])(
    'of a percentage stays within half a minor unit of its rate',
    (lines, basisPoints) => {
      const { discountMinor, totalMinor } = off({ type: 'PERCENTAGE', basisPoints }, lines);
      const exact = (totalMinor + discountMinor) * BigInt(basisPoints);
      const apart = discountMinor * 10_000n - exact;
      expect(apart).toBeLessThanOrEqual(5_000n);
      expect(apart).toBeGreaterThan(-5_000n);
    },
  );

  it.prop([cart, effect, fc.nat(), fc.bigInt({ min: 1n, max: 5000n })])(
    'never makes a dearer cart the cheaper one',
    (lines, effect, at, more) => {
      // A tier by amount is meant to: who reaches it pays less.
      fc.pre(effect.type !== 'TIERED' || effect.measure === 'QTY');
      const dearer = lines[at % lines.length]?.productId;
      const raised = lines.map((each) =>
        each.productId === dearer ? { ...each, baseMinor: each.baseMinor + more } : each,
      );
      expect(off(effect, raised).totalMinor).toBeGreaterThanOrEqual(off(effect, lines).totalMinor);
    },
  );
});
