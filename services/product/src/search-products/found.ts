import { formatAmount, exponentOf } from '@tradewind/kernel/money.ts';
import type { SummaryRow } from '#product/summary.ts';
import { attributeIn } from './attribute-pairs.ts';
import type { Locale } from './locales.ts';

export const orders = ['relevance', 'price', '-price', 'createdAt', '-createdAt', 'name', '-name'] as const;

export const inventoryStatuses = ['IN_STOCK', 'LOW', 'OUT'] as const;

export interface Search {
  readonly q: string;
  readonly locale: Locale;
  readonly categoryId?: string | undefined;
  readonly inventoryStatus?: (typeof inventoryStatuses)[number] | undefined;
  readonly currency?: string | undefined;
  /** Decimal strings. */
  readonly minPrice?: string | undefined;
  readonly maxPrice?: string | undefined;
  /** By name, any of the values. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  readonly sort: (typeof orders)[number];
  readonly limit: number;
}

/** Where a page ends: what its order says of its last row, and the row's id. */
export type Place = readonly [value: string | number | null, productId: string];

/** How often each value occurs. */
export type Counts = readonly { readonly value: string; readonly count: number }[];

export interface PriceCount {
  readonly currency: string;
  /** Index of its range in `priceRanges`. */
  readonly range: number;
  readonly count: number;
}

/** What a store answers; each facet is counted over all that is found but for the facet's own filter. */
export interface Matches {
  readonly total: number;
  /** One more than the limit where there are more. */
  readonly rows: readonly { readonly row: SummaryRow; readonly place: Place }[];
  /** '' is no category. */
  readonly categories: Counts;
  readonly inventory: Counts;
  readonly prices: readonly PriceCount[];
  /** Attribute pairs of what is found. */
  readonly attributes: Counts;
  /** By the name of an attribute that was asked for: its pairs, as if it were not. */
  readonly asked: ReadonlyMap<string, Counts>;
}

export interface SearchStore {
  search(storeId: string, search: Search, after: Place | undefined): Promise<Matches>;
  suggest(storeId: string, text: string, limit: number): Promise<Suggestion[]>;
}

export interface Suggestion {
  readonly text: string;
  readonly productId: string;
}

/** Attribute pairs that are counted at most, the most frequent ones. */
export const MOST_PAIRS = 200;

const starts = [0, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000, 50_000];

/** In units of whatever currency: from (with) to (without). */
export const priceRanges = starts.map((from, at) => ({ from, to: starts[at + 1] }));

const byCount = (a: { value: string; count: number }, b: typeof a): number =>
  b.count - a.count || (a.value < b.value ? -1 : 1);

/** Facets as they are told. Pure. */
export function facetsOf(matches: Matches) {
  return {
    categories: [...matches.categories]
      .sort(byCount)
      .map(({ value, count }) => ({ categoryId: value === '' ? null : value, count })),
    inventory: [...matches.inventory]
      .sort(byCount)
      .map(({ value, count }) => ({ inventoryStatus: value, count })),
    prices: [...matches.prices]
      .sort((a, b) => (a.currency === b.currency ? a.range - b.range : a.currency < b.currency ? -1 : 1))
      .map(({ currency, range, count }) => {
        const { from = 0, to } = priceRanges[range] ?? {};
        return {
          ...{ currency, from: unitsOf(from, currency) },
          ...{ to: to === undefined ? null : unitsOf(to, currency), count },
        };
      }),
    attributes: attributesOf(matches),
  };
}

const unitsOf = (units: number, currency: string): string =>
  formatAmount(BigInt(units) * 10n ** BigInt(exponentOf(currency)), currency);

function attributesOf({ attributes, asked }: Matches) {
  const pairs = [
    ...attributes.filter(({ value }) => !asked.has(attributeIn(value).name)),
    ...[...asked.values()].flat(),
  ];
  const byName = Map.groupBy(pairs, ({ value }) => attributeIn(value).name);
  return [...byName]
    .map(([name, counts]) => ({
      name,
      values: counts.map(({ value, count }) => ({ value: attributeIn(value).value, count })).sort(byCount),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
