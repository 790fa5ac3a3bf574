import type { OpensearchStore } from '@tradewind/projection-stores/opensearch-store.ts';
import { productSearchIndex } from '#projections/product-search-index.ts';
import type { SearchStore } from './found.ts';
import { matchesIn, searchBody, suggestBody } from './opensearch-query.ts';

/**
 * Searches one version of the index.
 * @param within longest wait for an answer, in ms
 */
export function opensearchSearch(
  opened: Promise<OpensearchStore>,
  version: number,
  within: number,
): SearchStore & { refresh(): Promise<void> } {
  const ask = async (body: object) => (await opened).search(productSearchIndex, version, body, within);
  return {
    refresh: async () => (await opened).refresh(productSearchIndex, version),
    search: async (storeId, search, after) =>
      matchesIn(await ask(searchBody(storeId, search, after)), search),
    async suggest(storeId, text, limit) {
      const { hits } = await ask(suggestBody(storeId, text, limit));
      return hits.hits.map(({ _source: { name, product_id } }) => ({
        text: String(name),
        productId: String(product_id),
      }));
    },
  };
}
