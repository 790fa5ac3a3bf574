import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Search } from './found.ts';
import { searchStatement, suggestStatement } from './postgres-query.ts';

const search: Search = { q: 'mug', locale: 'en', attributes: new Map(), sort: 'relevance', limit: 20 };
const text = (of: Partial<Search> = {}) => searchStatement('product_search_index', { ...search, ...of }, undefined).text;

describe('a search in Postgres', () => {
  property.prop([fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), fc.string({ minLength: 1 })])(
    'never writes into its text what somebody typed',
    (q, name, value) => {
      const typed = { q, categoryId: value, attributes: new Map([[name, [value]]]) };
      const same = { q: 'q', categoryId: 'c', attributes: new Map([['n', ['v']]]) };
      expect(text(typed)).toBe(text(same));
      expect(suggestStatement('product_summary', q, 5).text).toBe(suggestStatement('product_summary', 'a', 5).text);
    },
  );

  it('finds what the words mean too, unless they are quoted', () => {
    const { values } = searchStatement('product_search_index', { ...search, q: 'red mug' }, undefined);
    expect(values[1]).toBe('red mug or red cup or red beaker');
    const quoted = searchStatement('product_search_index', { ...search, q: '"red mug"' }, undefined);
    expect(quoted.values[1]).toBe('"red mug"');
  });

  it('leaves nothing of an operator in words that are suggested for', () => {
    expect(suggestStatement('product_search_index', `Re'd & mu:* | x\\`, 5).values[2]).toBe(
      `'re':* & 'd':* & 'mu':* & 'x':*`,
    );
    expect(suggestStatement('product_search_index', '100%_', 5).values[1]).toBe('100\\%\\_%');
  });
});
