import { formatAmount } from '@tradewind/kernel/money.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import { checkPriceList } from '#engine/check-rules.ts';
import * as input from '#input.ts';
import { amountIn } from '#amount-in.ts';
import { checkMinor, type Problem } from '#engine/problem.ts';
import { requireValid } from '#invalid-rule.ts';
import { registerRules } from '#rules/rule-routes.ts';
import type { RuleStore } from '#rules/rule-store.ts';
import { windowFields, windowIn, windowView } from '#rules/window.ts';
import { type ListedPrice, priceListIn, type PriceListTerms } from './price-list.ts';

const price = z.strictObject({
  productId: input.id,
  price: input.amount,
  minQty: z.int().min(1).max(1_000_000).default(1),
});
const fields = {
  name: input.name,
  segment: input.segment.nullable().meta({ description: 'null: for everybody' }),
  priority: input.priority,
  prices: z.array(price).max(2_000),
};
const newBody = z
  .strictObject({
    ...fields,
    currency: input.currency,
    segment: fields.segment.default(null),
    priority: fields.priority.default(0),
    ...windowFields,
  })
  .meta({
    id: 'NewPriceList',
    example: {
      ...{ name: 'Wholesale', currency: 'USD', segment: 'wholesale' },
      prices: [{ productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', price: '10.50', minQty: 10 }],
    },
  });
const patchBody = z
  .strictObject({
    name: fields.name.optional(),
    segment: fields.segment.optional(),
    priority: fields.priority.optional(),
    prices: fields.prices.optional().meta({ description: 'in place of all that were there' }),
    ...windowFields,
    expectedVersion: input.expectedVersion,
  })
  .meta({ id: 'PriceListPatch', example: { priority: 5 } });

const example = {
  priceListId: '01a1fca3-c02b-7d83-8f26-c90ea3a53231',
  name: 'Wholesale',
  currency: 'USD',
  segment: 'wholesale',
  priority: 0,
  prices: [{ productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', price: '10.50', minQty: 10 }],
  startsAt: null,
  endsAt: null,
  version: 1,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
};
const view = z
  .object({
    priceListId: z.string(),
    name: z.string(),
    currency: z.string(),
    segment: z.string().nullable(),
    priority: z.int(),
    prices: z.array(z.object({ productId: z.string(), price: z.string(), minQty: z.int() })),
    ...input.windowView,
    ...input.keptView,
  })
  .meta({ id: 'PriceList', example });
const page = input
  .pageOf(view)
  .meta({ id: 'PriceListPage', example: { items: [example], nextCursor: null } });

/** By product and tier, as they are kept: the order in which they are said means nothing. */
function pricesIn(given: readonly z.infer<typeof price>[], currency: string): ListedPrice[] {
  const prices = given.map(({ productId, minQty, price: unit }, at) => ({
    ...{ productId, minQty },
    unitMinor: amountIn(unit, currency, `prices.${at}.price`),
  }));
  // Here and not with the other rules of a list: sorted, nobody knows at which place a price was said.
  requireValid([...negative(prices), ...saidTwice(prices)]);
  return prices.sort((a, b) =>
    a.productId === b.productId ? a.minQty - b.minQty : a.productId < b.productId ? -1 : 1,
  );
}

const negative = (prices: readonly ListedPrice[]): Problem[] =>
  prices.flatMap(({ unitMinor }, at) => checkMinor(unitMinor, `prices.${at}.price`));

function saidTwice(prices: readonly ListedPrice[]): Problem[] {
  const places = new Map<string, number>();
  return prices.flatMap(({ productId, minQty }, at) => {
    const key = `${minQty} ${productId}`;
    const before = places.get(key);
    places.set(key, before ?? at);
    if (before === undefined) return [];
    const message = `prices.${before} is a price of this product for the same minQty already`;
    return [{ path: `prices.${at}`, message }];
  });
}

function checked(terms: PriceListTerms): PriceListTerms {
  requireValid(checkPriceList(priceListIn(terms)));
  return terms;
}

export function registerPriceLists(app: HttpApp, store: RuleStore<PriceListTerms>): void {
  registerRules(app, store, {
    ...{ path: 'price-lists', one: 'a price list', idField: 'priceListId', newBody, patchBody, view, page },
    termsIn: ({ name, currency, segment, priority, prices, ...window }) =>
      checked({
        ...{ name, currency, segment, priority },
        prices: pricesIn(prices, currency),
        ...windowIn(window),
      }),
    changed: (terms, { name, segment, priority, prices, ...window }) =>
      checked({
        name: name ?? terms.name,
        currency: terms.currency,
        segment: segment === undefined ? terms.segment : segment,
        priority: priority ?? terms.priority,
        prices: prices ? pricesIn(prices, terms.currency) : terms.prices,
        ...windowIn(window, terms),
      }),
    viewOf: ({ id, terms, version, createdAt, updatedAt }) => ({
      priceListId: id,
      name: terms.name,
      currency: terms.currency,
      segment: terms.segment,
      priority: terms.priority,
      prices: terms.prices.map(({ productId, minQty, unitMinor }) => ({
        ...{ productId, price: formatAmount(unitMinor, terms.currency), minQty },
      })),
      ...windowView(terms),
      version,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    }),
  });
}
