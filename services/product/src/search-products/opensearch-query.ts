import type { SearchAnswer } from '@tradewind/projection-stores/opensearch-store.ts';
import type { ProductSearchRow } from '#projections/product-search-index.ts';
import type { SummaryRow } from '#product/summary.ts';
import { SEPARATOR } from './attribute-pairs.ts';
import { type Counts, type Matches, MOST_PAIRS, type Place, priceRanges, type Search } from './found.ts';

/** A word of four letters may have one typo, one of seven two; shorter ones turn into each other too easily. */
export const FUZZINESS = 'AUTO:4,7';

/** Other words that one word may be by a typo. */
const MOST_TYPOS = 30;
const MOST_CATEGORIES = 1_000;
const MOST_CURRENCIES = 50;

/** What a product must have to be found: its words as they stand, their forms and synonyms, starts of words, or its SKU. */
function textQuery(q: string, locale: string): object {
  const all = (field: string, boost: number, more: object = {}) => ({
    match: { [field]: { query: q, operator: 'and', boost, ...more } },
  });
  return {
    bool: {
      must: {
        bool: {
          minimum_should_match: 1,
          should: [
            all('words', 1, { fuzziness: FUZZINESS, prefix_length: 1, max_expansions: MOST_TYPOS }),
            all(`words.${locale}`, 2),
            all('name.starts', 2),
            { prefix: { sku: { value: q, boost: 2 } } },
          ],
        },
      },
      // What stands in the name counts before what is said of it, and the very text before its words.
      should: [
        all('name', 4),
        { match_phrase: { name: { query: q, boost: 4 } } },
        { term: { 'name.exact': { value: q, boost: 16 } } },
        { term: { sku: { value: q, boost: 32 } } },
      ],
    },
  };
}

interface Filter {
  /** The facet that it belongs to, which is counted as if it were not there. */
  readonly facet: string;
  readonly clause: object;
}

function filtersOf({
  categoryId,
  inventoryStatus,
  currency,
  minPrice,
  maxPrice,
  attributes,
}: Search): Filter[] {
  const filters: Filter[] = [];
  const add = (facet: string, clause: object) => filters.push({ facet, clause });
  if (categoryId !== undefined) add('category', { term: { category_id: categoryId } });
  if (inventoryStatus !== undefined) add('inventory', { term: { inventory_status: inventoryStatus } });
  if (currency !== undefined) add('price', { term: { currency } });
  if (minPrice !== undefined) add('price', { range: { price: { gte: minPrice } } });
  if (maxPrice !== undefined) add('price', { range: { price: { lte: maxPrice } } });
  for (const [name, values] of attributes)
    add(`attribute ${name}`, { terms: { attributes: values.map((value) => name + SEPARATOR + value) } });
  return filters;
}

const sorts: Readonly<Record<string, string>> = {
  price: 'price',
  createdAt: 'created_at',
  name: 'name.exact',
};

function sortOf(sort: Search['sort']): object[] {
  if (sort === 'relevance') return [{ _score: 'desc' }, { product_id: 'desc' }];
  const order = sort.startsWith('-') ? 'desc' : 'asc';
  return [{ [sorts[sort.replace('-', '')] ?? 'price']: order }, { product_id: order }];
}

/** Lucene's regular expression of all pairs of one attribute. */
const pairsOf = (name: string): string =>
  `${(name + SEPARATOR).replace(/[^\p{L}\p{N}]/gu, (character) => `\\${character}`)}.*`;

/** The body of one search of one tenant. Pure. */
export function searchBody(storeId: string, search: Search, after: Place | undefined): object {
  const filters = filtersOf(search);
  const without = (facet: string): object => ({
    bool: { filter: filters.filter((filter) => filter.facet !== facet).map(({ clause }) => clause) },
  });
  const counted = (facet: string, values: object) => ({ filter: without(facet), aggs: { values } });
  const pairs = { field: 'attributes', size: MOST_PAIRS };
  return {
    size: search.limit + 1,
    track_total_hits: true,
    query: {
      bool: {
        filter: [{ term: { store_id: storeId } }, { term: { status: 'ACTIVE' } }],
        must: textQuery(search.q, search.locale),
      },
    },
    post_filter: without(''),
    sort: sortOf(search.sort),
    ...(after === undefined ? {} : { search_after: after }),
    _source: { excludes: ['words', 'attributes', 'locations', 'versions'] },
    aggs: {
      categories: counted('category', {
        terms: { field: 'category_id', size: MOST_CATEGORIES, missing: '' },
      }),
      inventory: counted('inventory', { terms: { field: 'inventory_status' } }),
      prices: counted('price', {
        terms: { field: 'currency', size: MOST_CURRENCIES },
        aggs: { ranges: { range: { field: 'price', ranges: priceRanges } } },
      }),
      attributes: counted('', { terms: pairs }),
      ...Object.fromEntries(
        [...search.attributes.keys()].map((name, at) => [
          `asked${at}`,
          counted(`attribute ${name}`, { terms: { ...pairs, include: pairsOf(name) } }),
        ]),
      ),
    },
  };
}

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
  readonly ranges?: { readonly buckets: readonly { readonly from?: number; readonly doc_count: number }[] };
}

/** What the server found. Pure. */
export function matchesIn({ hits, aggregations = {} }: SearchAnswer, search: Search): Matches {
  const buckets = (name: string) =>
    (aggregations[name] as { values: { buckets: readonly Bucket[] } } | undefined)?.values.buckets ?? [];
  const counts = (name: string): Counts =>
    buckets(name).map(({ key, doc_count: count }) => ({ value: key, count }));
  return {
    total: hits.total?.value ?? 0,
    rows: hits.hits.map(({ _source, sort = [] }) => ({
      row: summaryRow(_source as unknown as ProductSearchRow),
      place: [sort[0] ?? null, String(sort[1])],
    })),
    categories: counts('categories'),
    inventory: counts('inventory'),
    prices: buckets('prices').flatMap(({ key: currency, ranges }) =>
      (ranges?.buckets ?? []).flatMap(({ doc_count: count }, range) =>
        count === 0 ? [] : [{ currency, range, count }],
      ),
    ),
    attributes: counts('attributes'),
    asked: new Map([...search.attributes.keys()].map((name, at) => [name, counts(`asked${at}`)])),
  };
}

const summaryRow = (row: ProductSearchRow): SummaryRow =>
  ({
    productId: row.product_id,
    sku: row.sku,
    name: row.name,
    priceMinor: BigInt(row.price_minor ?? 0),
    currency: row.currency,
    categoryId: row.category_id,
    status: row.status,
    image: row.image,
    available: row.available,
    inventoryStatus: row.inventory_status,
    version: row.version,
    createdAt: new Date(row.created_at ?? 0),
    updatedAt: new Date(row.updated_at ?? 0),
    // An active product has all of them.
  }) as SummaryRow;

/** Names of products that begin with the text, or have words that do, each once. Pure. */
export function suggestBody(storeId: string, text: string, limit: number): object {
  return {
    size: limit,
    track_total_hits: false,
    query: {
      bool: {
        filter: [{ term: { store_id: storeId } }, { term: { status: 'ACTIVE' } }],
        minimum_should_match: 1,
        should: [
          { prefix: { 'name.exact': { value: text, boost: 4 } } },
          { match: { 'name.starts': { query: text, operator: 'and', boost: 2 } } },
          {
            constant_score: {
              boost: 1,
              filter: {
                match: {
                  'name.starts': {
                    query: text,
                    operator: 'and',
                    fuzziness: FUZZINESS,
                    prefix_length: 1,
                    max_expansions: MOST_TYPOS,
                  },
                },
              },
            },
          },
        ],
      },
    },
    collapse: { field: 'name.exact' },
    sort: [{ _score: 'desc' }, { 'name.exact': 'asc' }, { product_id: 'asc' }],
    _source: ['name', 'product_id'],
  };
}
