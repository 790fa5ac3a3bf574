import { type AnyEvent, eventDefinitions } from '@tradewind/contracts/event.ts';
import { projection } from '@tradewind/outbox/projection.ts';
import { SEPARATOR } from '#search-products/attribute-pairs.ts';
import { productSearchLayout } from './product-search-layout.ts';
import { evolve as summaryAfter, type ProductSummary } from './product-summary.ts';

/** A product as it is searched: what a list shows of it, and what it is found by. */
export interface ProductSearchRow extends Omit<ProductSummary, 'description'> {
  /** All its texts; null while only its stock is known. */
  readonly words: string | null;
  /** `name` SEPARATOR `value`, sorted. */
  readonly attributes: readonly string[];
}

export function evolve(row: ProductSearchRow | undefined, event: AnyEvent): ProductSearchRow | undefined {
  const after = summaryAfter(row === undefined ? undefined : { ...row, description: null }, event);
  if (after === undefined) return undefined;
  const { description, ...summary } = after;
  switch (event.eventType) {
    case 'ecommerce.product.product.created.v1':
    case 'ecommerce.product.product.updated.v1': {
      const { sku, name, categoryId, attributes } = event.payload;
      const pairs = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
      // Its parts are words too: a dash before a digit would be read as a sign.
      const partsOfSku = sku.replace(/[-._]+/g, ' ');
      const words = [name, partsOfSku, description, categoryId, ...pairs.map(([, value]) => value)];
      return {
        ...summary,
        words: words.filter((text) => text !== null && text !== '').join('\n'),
        attributes: pairs.map(([attribute, value]) => attribute + SEPARATOR + value),
      };
    }
    default:
      return { ...summary, words: row?.words ?? null, attributes: row?.attributes ?? [] };
  }
}

const sorted = (pairs: string): string =>
  `(select string_agg(pair, chr(30) order by pair collate "C") from (${pairs}) a (pair))`;

// NULL on both sides where a product is not known: a row that only holds stock has no counterpart in the tables.
const digest = (alias: string, pairs: string): string =>
  `case when ${alias}.sku is not null then md5(concat_ws('|', ${alias}.sku, ${alias}.name, ${alias}.price_minor,
     ${alias}.currency, ${alias}.category_id, ${alias}.status, ${alias}.version, ${sorted(pairs)})) end`;

const ofProduct = digest('t', `select key || chr(31) || value from jsonb_each_text(t.attributes)`);

export const productSearchIndex = projection<ProductSearchRow>({
  name: 'product_search_index',
  // Found within a second: this, the outbox and the index's refresh interval together.
  lingerMs: 300,
  topics: [
    eventDefinitions['ecommerce.product.product.created.v1'].topic,
    eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic,
  ],
  key: 'product_id',
  keyOf: (event) => event.partitionKey,
  evolve,
  store: { kind: 'opensearch', opensearch: productSearchLayout },
  hasStandIn: true,
  parity: {
    source: `select t.store_id, t.product_id as key, ${ofProduct} as digest from products t`,
    digest: digest('p', 'select unnest(p.attributes)'),
  },
});
