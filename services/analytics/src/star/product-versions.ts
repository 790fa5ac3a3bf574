import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { ProductEvent } from './facts.ts';

/** One row of dim_product: what a product was like for some time. */
export interface ProductRow {
  readonly product_key: string;
  readonly store_id: string;
  readonly product_id: string;
  readonly version: number;
  readonly sku: string;
  readonly name: string;
  readonly category_id: string | null;
  readonly status: string;
  readonly price_minor: bigint | null;
  readonly currency: string | null;
  readonly valid_from_ms: number;
  readonly valid_to_ms: number | null;
  readonly is_current: boolean;
}

/**
 * The rows that events of one product, in their order, write: the current one is closed when the next begins. Events that
 * the current row has seen write nothing.
 */
export function productRows(current: ProductRow | undefined, events: readonly ProductEvent[]): ProductRow[] {
  const rows = new Map<string, ProductRow>();
  let last = current;
  for (const event of events) {
    if (last && event.aggregateVersion <= last.version) continue;
    const at = event.occurredAt.getTime();
    if (last) rows.set(last.product_key, { ...last, valid_to_ms: at, is_current: false });
    last = next(last, event, at);
    rows.set(last.product_key, last);
  }
  return [...rows.values()];
}

function next(last: ProductRow | undefined, event: ProductEvent, at: number): ProductRow {
  const { storeId, aggregateVersion: version, payload } = event;
  const { productId, sku } = payload;
  const row = {
    ...{ product_key: `${storeId}/${productId}/${version}`, store_id: storeId, product_id: productId },
    ...{ version, sku, name: last?.name ?? sku, category_id: last?.category_id ?? null },
    ...{
      status: last?.status ?? 'ACTIVE',
      price_minor: last?.price_minor ?? null,
      currency: last?.currency ?? null,
    },
    ...{ valid_from_ms: at, valid_to_ms: null, is_current: true },
  };
  switch (event.eventType) {
    case 'ecommerce.product.product.created.v1':
    case 'ecommerce.product.product.updated.v1': {
      const { name, categoryId, status, price, currency } = event.payload;
      return {
        ...row,
        name,
        category_id: categoryId,
        status,
        price_minor: fromDecimal(price, currency),
        currency,
      };
    }
    case 'ecommerce.product.product.archived.v1':
      return { ...row, name: event.payload.name, status: event.payload.status };
    case 'ecommerce.product.price.changed.v1': {
      const { newPrice, currency } = event.payload;
      return { ...row, price_minor: fromDecimal(newPrice, currency), currency };
    }
    default:
      return event satisfies never;
  }
}
