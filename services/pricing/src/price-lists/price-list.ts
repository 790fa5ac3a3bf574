import type { PriceList } from '#engine/rules.ts';
import { pricingError } from '#errors.ts';
import type { RuleKind } from '#rules/rule-store.ts';
import { ruleTable } from '#rules/rule-table.ts';
import { engineWindow, type WindowTerms } from '#rules/window.ts';

/** Of one piece for who takes at least `minQty`. */
export interface ListedPrice {
  readonly productId: string;
  readonly minQty: number;
  readonly unitMinor: bigint;
}

export interface PriceListTerms extends WindowTerms {
  readonly name: string;
  readonly currency: string;
  readonly segment: string | null;
  readonly priority: number;
  /** By product, then in rising order of minQty. */
  readonly prices: readonly ListedPrice[];
}

const clear = `delete from prices where store_id = $1 and price_list_id = $2`;
const fill = `
  insert into prices (store_id, price_list_id, product_id, min_qty, unit_minor)
  select $1, $2, product_id, min_qty, unit_minor
  from json_to_recordset($3) as r (product_id text, min_qty int, unit_minor bigint)`;

type PricesRow = readonly { productId: string; minQty: number; unitMinor: string }[];

const table = ruleTable<PriceListTerms>({
  table: 'price_lists',
  idColumn: 'price_list_id',
  columns: ['name', 'currency', 'segment', 'priority', 'starts_at', 'ends_at'],
  toRow: ({ name, currency, segment, priority, startsAt, endsAt }) => [
    ...[name, currency, segment, priority, startsAt, endsAt],
  ],
  select: `t.name, t.currency, t.segment, t.priority, t.starts_at as "startsAt", t.ends_at as "endsAt", (
    select json_agg(json_build_object('productId', p.product_id, 'minQty', p.min_qty, 'unitMinor', p.unit_minor::text)
      order by p.product_id, p.min_qty)
    from prices p where p.store_id = t.store_id and p.price_list_id = t.price_list_id) as prices`,
  fromRow: (row) => ({
    ...(row as unknown as PriceListTerms),
    prices: ((row['prices'] ?? []) as PricesRow).map((price) => ({
      ...price,
      unitMinor: BigInt(price.unitMinor),
    })),
  }),
  async saveParts(tx, id, { prices }) {
    const rows = prices.map(({ productId, minQty, unitMinor }) => ({
      product_id: productId,
      min_qty: minQty,
      unit_minor: String(unitMinor),
    }));
    await tx.query(clear, [tx.storeId, id]);
    await tx.query(fill, [tx.storeId, id, JSON.stringify(rows)]);
  },
});

export const priceListKind: RuleKind<PriceListTerms> = {
  kind: 'PRICE_LIST',
  table,
  nameOf: ({ name }) => name,
  notFound: () => pricingError('PRICE_LIST_NOT_FOUND'),
};

/** As the engine takes it. */
export const priceListIn = (terms: PriceListTerms): PriceList => ({
  ...terms,
  ...engineWindow(terms),
  id: '',
  segment: terms.segment ?? undefined,
  prices: Map.groupBy(terms.prices, ({ productId }) => productId),
});
