import { SEPARATOR } from './attribute-pairs.ts';
import { MOST_PAIRS, type Place, priceRanges, type Search } from './found.ts';
import { languages } from './locales.ts';
import { synonymRules, variantsOf } from './synonyms.ts';

/** What is searched: the projection where it stands in Postgres, else the product list with the catalogue's attributes. */
export type Relation = 'product_search_index' | 'product_summary';

const relations: Readonly<Record<Relation, { readonly from: string; readonly matches: string }>> = {
  product_search_index: { from: 'product_search_index', matches: 'product_search_matches' },
  product_summary: {
    from: `(select l.*, array(select key || chr(31) || value from jsonb_each_text(p.attributes)) as attributes
      from product_summary l join products p using (store_id, product_id))`,
    matches: 'product_summary_matches',
  },
};

const sorts: Readonly<Record<string, { readonly value: string; readonly type: string }>> = {
  relevance: { value: 'score', type: 'numeric' },
  price: { value: 'price', type: 'numeric' },
  createdAt: { value: 'created_at', type: 'timestamptz' },
  name: { value: `lower(name) collate "C"`, type: 'text' },
};

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Of `%` and its like nothing is left but the characters. */
export const literal = (text: string): string => text.toLowerCase().replace(/[\\%_]/g, '\\$&');

/** Letters and digits alone, so that nothing in them is an operator. */
const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

const prefixes = (words: readonly string[]): string => words.map((word) => `'${word}':*`).join(' & ');

/** Shorter words turn into each other by one typo. */
const FORGIVEN = 4;

/** What the functions that look for products are asked besides `query`. */
function asksOf(q: string) {
  const words = wordsIn(q);
  const forgiven = words.filter((word) => word.length >= FORGIVEN);
  const rest = words.filter((word) => word.length < FORGIVEN);
  return {
    starts: prefixes(words),
    sku: `${literal(q)}%`,
    probe: forgiven.toSorted((a, b) => b.length - a.length)[0] ?? null,
    forgiven,
    rest: rest.length === 0 ? null : prefixes(rest),
  };
}

/** Alternatives as Postgres reads them. */
const withSynonyms = ({ q, locale }: Search): string =>
  variantsOf(wordsIn(q).join(' '), synonymRules[locale]).join(' or ');

/**
 * One statement for a page with its facets. Words as they stand count before words that are merely alike. Each filter is a column of
 * what matches, so that a facet can be counted as if its own filter were not there. Pure.
 */
export function searchStatement(relation: Relation, search: Search, after: Place | undefined): Statement {
  const values: unknown[] = [];
  const given = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const { from, matches } = relations[relation];
  const q = given(search.q, 'text');
  const asks = asksOf(search.q);
  const query = `${given(asks.starts, 'tsquery')} ||
    websearch_to_tsquery('${languages[search.locale].regconfig}', ${given(withSynonyms(search), 'text')})`;
  const filters = filtersOf(search, given);
  const columns = [...filters.values()].map((filter, at) => `${filter} as f${at}`);
  const names = [...filters.keys()].map((facet, at) => ({ facet, column: `f${at}` }));
  const without = (facet: string): string =>
    ['true', ...names.filter((one) => one.facet !== facet).map(({ column }) => column)].join(' and ');
  const { value, type } = sorts[search.sort.replace('-', '')] ?? sorts['relevance']!;
  const down = search.sort === 'relevance' || search.sort.startsWith('-');
  const order = `${value} ${down ? 'desc' : 'asc'}, product_id ${down ? 'desc' : 'asc'}`;
  const beyond =
    after === undefined
      ? 'true'
      : `(${value}, product_id) ${down ? '<' : '>'} (${given(after[0], type)}, ${given(after[1], 'text')})`;
  const counts = (facet: string, of: string, source = 'matches') =>
    `(select coalesce(json_agg(json_build_object('value', value, 'count', n)), '[]') from (
       select ${of} as value, count(*)::int as n from ${source} where ${without(facet)} group by 1) c)`;
  const pairs = (facet: string, only = 'true') =>
    `(select coalesce(json_agg(json_build_object('value', value, 'count', n)), '[]') from (
       select value, count(*)::int as n from matches, unnest(attributes) value
       where ${without(facet)} and ${only} group by 1 order by 2 desc, value collate "C" limit ${MOST_PAIRS}) c)`;
  const asked = [...search.attributes.keys()].map((name) =>
    pairs(`attribute ${name}`, `starts_with(value, ${given(name + SEPARATOR, 'text')})`),
  );
  const bounds = priceRanges.map(({ from: start }) => start).join(', ');
  const rest = [given(asks.sku, 'text'), given(asks.probe, 'text'), given(asks.forgiven, 'text[]')];
  rest.push(given(asks.rest, 'tsquery'));
  const limit = given(search.limit + 1, 'int');
  const text = `
    with asked as (select ${query} as query), matches as materialized (
      select s.product_id, sku, name, price_minor, price, currency, category_id, status, image, available,
        inventory_status, version, created_at, updated_at, attributes,
        round((ts_rank(to_tsvector('simple', name), query) + word_similarity(${q}, name)
          + (lower(name) = lower(${q}))::int * 2 + (lower(sku) = lower(${q}))::int * 4)::numeric, 6) as score
        ${columns.map((column) => `, ${column}`).join('')}
      from asked, ${from} s
      where s.product_id in (select ${matches}((select query from asked), ${rest.join(', ')})) and status = 'ACTIVE'
    ), page as (
      select *, ${value} as place from matches where ${without('')} and ${beyond} order by ${order} limit ${limit}
    )
    select (select count(*)::int from matches where ${without('')}) as total,
      ${counts('category', `coalesce(category_id, '')`)} as categories,
      ${counts('inventory', 'inventory_status')} as inventory,
      (select coalesce(json_agg(json_build_object('currency', currency, 'range', range, 'count', n)), '[]') from (
         select currency, width_bucket(price, array[${bounds}]::numeric[]) - 1 as range, count(*)::int as n
         from matches where ${without('price')} group by 1, 2) c) as prices,
      ${pairs('')} as attributes,
      array[${asked.join(', ')}]::json[] as asked,
      (select coalesce(json_agg(json_build_object('productId', product_id, 'sku', sku, 'name', name,
         'priceMinor', price_minor, 'currency', currency, 'categoryId', category_id, 'status', status, 'image', image,
         'available', available, 'inventoryStatus', inventory_status, 'version', version, 'createdAt', created_at,
         'updatedAt', updated_at, 'place', place::text) order by ${order}), '[]') from page) as items`;
  return { text, values };
}

function filtersOf(
  { categoryId, inventoryStatus, currency, minPrice, maxPrice, attributes }: Search,
  given: (value: unknown, type: string) => string,
): ReadonlyMap<string, string> {
  const filters = new Map<string, string>();
  if (categoryId !== undefined) filters.set('category', `category_id = ${given(categoryId, 'text')}`);
  if (inventoryStatus !== undefined)
    filters.set('inventory', `inventory_status = ${given(inventoryStatus, 'text')}`);
  const prices = [
    ...(currency === undefined ? [] : [`currency = ${given(currency, 'text')}`]),
    ...(minPrice === undefined ? [] : [`price >= ${given(minPrice, 'numeric')}`]),
    ...(maxPrice === undefined ? [] : [`price <= ${given(maxPrice, 'numeric')}`]),
  ];
  if (prices.length > 0) filters.set('price', `(${prices.join(' and ')})`);
  for (const [name, values] of attributes) {
    const pairs = values.map((value) => name + SEPARATOR + value);
    filters.set(`attribute ${name}`, `attributes && ${given(pairs, 'text[]')}`);
  }
  return filters;
}

/** Names that begin with the text, then those with words that do, then those alike. Pure. */
export function suggestStatement(relation: Relation, text: string, limit: number): Statement {
  const { starts, sku, probe, forgiven, rest } = asksOf(text);
  const { matches } = relations[relation];
  return {
    text: `
      select text, "productId" from (
        select distinct on (folded) name as text, product_id as "productId", folded,
          case when folded like $2 then 0 when to_tsvector('simple', name) @@ $1::tsquery then 1
            when $3::text <% name and name %> all ($4::text[])
              and ($5::tsquery is null or to_tsvector('simple', name) @@ $5) then 2 end as rank
        from (select name, product_id, lower(name) collate "C" as folded from ${relation} where status = 'ACTIVE'
          and product_id in (select ${matches}($1::tsquery, $2, $3, $4::text[], $5::tsquery))) found
        order by folded, product_id) named
      where rank is not null order by rank, folded limit $6`,
    values: [starts, sku, probe, forgiven, rest, limit],
  };
}
