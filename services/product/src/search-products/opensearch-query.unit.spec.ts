import { describe, expect, it } from 'vitest';
import { SEPARATOR } from './attribute-pairs.ts';
import { facetsOf, type Search } from './found.ts';
import { matchesIn, searchBody, suggestBody } from './opensearch-query.ts';

const asked: Search = {
  q: 'red mug',
  locale: 'en',
  attributes: new Map([['color', ['red', 'blue']]]),
  categoryId: 'kitchen',
  minPrice: '5.00',
  sort: 'relevance',
  limit: 2,
};
const pair = (name: string, value: string): string => name + SEPARATOR + value;

interface Body {
  readonly query: { readonly bool: { readonly filter: readonly object[] } };
  readonly post_filter: unknown;
  readonly aggs: Readonly<Record<string, { readonly filter: unknown }>>;
  readonly sort: unknown;
}

const category = { term: { category_id: 'kitchen' } };
const price = { range: { price: { gte: '5.00' } } };
const color = { terms: { attributes: [pair('color', 'red'), pair('color', 'blue')] } };
const filtered = (...clauses: object[]) => ({ bool: { filter: clauses } });

describe('a search in OpenSearch', () => {
  const body = searchBody('STORE-1', asked, undefined) as Body;

  it('is of one tenant and of products that are for sale, whatever is asked', () => {
    const mine = [{ term: { store_id: 'STORE-1' } }, { term: { status: 'ACTIVE' } }];
    expect(body.query.bool.filter).toEqual(mine);
    const suggest = suggestBody('STORE-1', 'm', 5) as Body;
    expect(suggest.query.bool.filter).toEqual(mine);
  });

  it('counts each facet as if its own filter were not set', () => {
    expect(body.post_filter).toEqual(filtered(category, price, color));
    expect(body.aggs['categories']?.filter).toEqual(filtered(price, color));
    expect(body.aggs['prices']?.filter).toEqual(filtered(category, color));
    expect(body.aggs['inventory']?.filter).toEqual(filtered(category, price, color));
    expect(body.aggs['attributes']?.filter).toEqual(filtered(category, price, color));
    expect(body.aggs['asked0']?.filter).toEqual(filtered(category, price));
  });

  it('goes on behind a place in a total order', () => {
    expect(searchBody('S', { ...asked, sort: '-price' }, ['12.5', 'P-1'])).toMatchObject({
      sort: [{ price: 'desc' }, { product_id: 'desc' }],
      search_after: ['12.5', 'P-1'],
      size: 3,
    });
    expect(body.sort).toEqual([{ _score: 'desc' }, { product_id: 'desc' }]);
    expect(body).not.toHaveProperty('search_after');
  });

  it('takes the name of an attribute literally', () => {
    const tricky = searchBody('S', { ...asked, attributes: new Map([['a.*|b', ['x']]]) }, undefined);
    const { aggs } = tricky as { aggs: Record<string, { aggs: { values: { terms: { include: string } } } }> };
    expect(aggs['asked0']?.aggs.values.terms.include).toBe(`a\\.\\*\\|b\\${SEPARATOR}.*`);
  });

  it('reads what was found, with a facet for each attribute once', () => {
    const buckets = (...list: [string, number][]) => ({
      values: { buckets: list.map(([key, count]) => ({ key, doc_count: count })) },
    });
    const ranges = { buckets: [0, 2, 0, 1].map((count) => ({ doc_count: count })) };
    const answer = {
      hits: { total: { value: 3 }, hits: [] },
      aggregations: {
        categories: buckets(['', 1], ['kitchen', 1], ['bath', 4]),
        inventory: buckets(['OUT', 3]),
        prices: { values: { buckets: [{ key: 'JPY', doc_count: 3, ranges }] } },
        attributes: buckets([pair('size', '3'), 2], [pair('color', 'red'), 2]),
        asked0: buckets([pair('color', 'green'), 7], [pair('color', 'red'), 2]),
      },
    };
    const matches = matchesIn(answer, asked);
    expect(matches.total).toBe(3);
    expect(facetsOf(matches)).toEqual({
      categories: [
        { categoryId: 'bath', count: 4 },
        { categoryId: null, count: 1 },
        { categoryId: 'kitchen', count: 1 },
      ],
      inventory: [{ inventoryStatus: 'OUT', count: 3 }],
      prices: [
        { currency: 'JPY', from: '10', to: '25', count: 2 },
        { currency: 'JPY', from: '50', to: '100', count: 1 },
      ],
      attributes: [
        {
          name: 'color',
          values: [
            { value: 'green', count: 7 },
            { value: 'red', count: 2 },
          ],
        },
        { name: 'size', values: [{ value: '3', count: 2 }] },
      ],
    });
  });
});
