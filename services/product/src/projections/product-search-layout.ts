import type { OpensearchLayout } from '@tradewind/outbox/store-layout.ts';
import { languages, locales } from '#search-products/locales.ts';
import { synonymLines } from '#search-products/synonyms.ts';

const LONGEST_PREFIX = 20;

/** Every word counts the same wherever it is found: scores don't move with the texts of others, so pages follow each other. */
const similarity = 'boolean';

const analyzer = (filter: readonly string[]) => ({ type: 'custom', tokenizer: 'standard', filter });

const perLocale = <T>(of: (locale: (typeof locales)[number]) => readonly (readonly [string, T])[]) =>
  Object.fromEntries(locales.flatMap(of));

/** How texts of products are taken apart and found. A change counts for indexes made after it: replay. */
export const productSearchLayout: OpensearchLayout = {
  settings: {
    analysis: {
      filter: {
        prefixes: { type: 'edge_ngram', min_gram: 1, max_gram: LONGEST_PREFIX },
        en_stop: { type: 'stop', stopwords: '_english_' },
        en_stemmer: { type: 'stemmer', language: 'english' },
        de_stop: { type: 'stop', stopwords: '_german_' },
        de_stemmer: { type: 'stemmer', language: 'light_german' },
        ...perLocale((locale) => [
          [`${locale}_synonyms`, { type: 'synonym_graph', synonyms: synonymLines[locale] }],
        ]),
      },
      normalizer: { plain: { type: 'custom', filter: ['lowercase', 'asciifolding'] } },
      analyzer: {
        words: analyzer(['lowercase', 'asciifolding']),
        word_starts: analyzer(['lowercase', 'asciifolding', 'prefixes']),
        ...perLocale((locale) => {
          const { before, after } = languages[locale];
          return [
            [locale, analyzer([...before, ...after])],
            [`${locale}_asked`, analyzer([...before, `${locale}_synonyms`, ...after])],
          ];
        }),
      },
    },
  },
  mappings: {
    properties: {
      sku: { type: 'keyword', normalizer: 'plain' },
      name: {
        type: 'text',
        analyzer: 'words',
        similarity,
        fields: {
          exact: { type: 'keyword', normalizer: 'plain', ignore_above: 256 },
          starts: { type: 'text', analyzer: 'word_starts', search_analyzer: 'words', similarity },
        },
      },
      words: {
        type: 'text',
        analyzer: 'words',
        similarity,
        fields: perLocale((locale) => [
          [locale, { type: 'text', analyzer: locale, search_analyzer: `${locale}_asked`, similarity }],
        ]),
      },
      price_minor: { type: 'long', index: false, doc_values: false },
      // To filter and sort by only: the row keeps the exact decimal, and two decimals never change places as doubles.
      price: { type: 'double' },
      currency: { type: 'keyword' },
      category_id: { type: 'keyword' },
      attributes: { type: 'keyword' },
      status: { type: 'keyword' },
      image: { type: 'keyword', index: false, doc_values: false },
      version: { type: 'integer', index: false, doc_values: false },
      locations: { type: 'object', enabled: false },
      on_hand: { type: 'integer', index: false, doc_values: false },
      reserved: { type: 'integer', index: false, doc_values: false },
      available: { type: 'integer' },
      inventory_status: { type: 'keyword' },
      created_at: { type: 'date' },
      updated_at: { type: 'date', index: false, doc_values: false },
    },
  },
};
