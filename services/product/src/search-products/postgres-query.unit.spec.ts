import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Search } from './found.ts';
import { searchStatement, suggestStatement } from './postgres-query.ts';

const search: Search = { q: 'mug', locale: 'en', attributes: new Map(), sort: 'relevance', limit: 20 };
const text = (of: Partial<Search> = {}) =>
  searchStatement('product_search_index', { ...search, ...of }, undefined).text;

describe('a search in Postgres', () => {
  property.prop([fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), fc.string({ minLength: 1 })])(
    'never writes into its text what somebody typed',
    (q, name, value) => {
      const typed = { q, categoryId: value, attributes: new Map([[name, [value]]]) };
      const same = { q: 'q', categoryId: 'c', attributes: new Map([['n', ['v']]]) };
      expect(text(typed)).toBe(text(same));
      expect(suggestStatement('product_summary', q, 5).text).toBe(
        suggestStatement('product_summary', 'a', 5).text,
      );
    },
  );

  it('finds what the words mean too', () => {
    const { values } = searchStatement('product_search_index', { ...search, q: '"Red" mug' }, undefined);
    expect(values).toContain('red mug or red cup or red beaker');
  });

  it('forgives typos in words that are long enough, and leaves nothing of an operator in any', () => {
    expect(suggestStatement('product_search_index', `Re'd & keybord:* | plates\\`, 5).values).toEqual([
      `'re':* & 'd':* & 'keybord':* & 'plates':*`,
      `re'd & keybord:* | plates\\\\%`,
      'keybord',
      ['keybord', 'plates'],
      `'re':* & 'd':*`,
      5,
    ]);
    expect(suggestStatement('product_search_index', '100%_', 5).values.slice(1, 3)).toEqual([
      '100\\%\\_%',
      null,
    ]);
  });
});
