import { type Decimal, fromDecimal } from '@tradewind/contracts/decimal.ts';
import { type AnyEvent, eventDefinitions } from '@tradewind/contracts/event.ts';
import { formatAmount } from '@tradewind/kernel/money.ts';
import { projection } from '@tradewind/outbox/projection.ts';

export interface StockAt {
  readonly onHand: number;
  readonly reserved: number;
}

/** A row of the product list. What is null is not known yet: stock may be heard of before its product. */
export interface ProductSummary {
  readonly product_id: string;
  readonly sku: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly price_minor: number | null;
  /** Decimal string. */
  readonly price: string | null;
  readonly currency: string | null;
  readonly category_id: string | null;
  readonly status: string | null;
  readonly image: string | null;
  readonly version: number | null;
  readonly locations: Readonly<Record<string, StockAt>>;
  readonly on_hand: number;
  readonly reserved: number;
  readonly available: number;
  readonly inventory_status: 'IN_STOCK' | 'LOW' | 'OUT';
  readonly created_at: string | null;
  readonly updated_at: string | null;
}

/** Pieces for sale at and below which a list says LOW. */
const LOW = 5;

function unknown(productId: string): ProductSummary {
  return {
    product_id: productId,
    sku: null,
    name: null,
    description: null,
    price_minor: null,
    price: null,
    currency: null,
    category_id: null,
    status: null,
    image: null,
    version: null,
    locations: {},
    on_hand: 0,
    reserved: 0,
    available: 0,
    inventory_status: 'OUT',
    created_at: null,
    updated_at: null,
  };
}

export function evolve(row: ProductSummary | undefined, event: AnyEvent): ProductSummary | undefined {
  switch (event.eventType) {
    case 'ecommerce.product.product.created.v1':
    case 'ecommerce.product.product.updated.v1': {
      const { payload } = event;
      const updatedAt = 'updatedAt' in payload ? payload.updatedAt : payload.createdAt;
      return {
        ...(row ?? unknown(payload.productId)),
        sku: payload.sku,
        name: payload.name,
        description: payload.description,
        ...priceColumns(payload.price, payload.currency),
        category_id: payload.categoryId,
        status: payload.status,
        image: payload.images[0] ?? null,
        version: payload.version,
        created_at: payload.createdAt.toISOString(),
        updated_at: updatedAt.toISOString(),
      };
    }
    case 'ecommerce.product.price.changed.v1': {
      const { productId, newPrice, currency, version, validFrom } = event.payload;
      return {
        ...(row ?? unknown(productId)),
        ...priceColumns(newPrice, currency),
        version,
        updated_at: validFrom.toISOString(),
      };
    }
    case 'ecommerce.product.product.archived.v1': {
      const { productId, status, version, archivedAt } = event.payload;
      return { ...(row ?? unknown(productId)), status, version, updated_at: archivedAt.toISOString() };
    }
    case 'ecommerce.inventory.stock.adjusted.v1':
    case 'ecommerce.inventory.stock.reserved.v1':
    case 'ecommerce.inventory.stock.released.v1':
    case 'ecommerce.inventory.stock.confirmed.v1':
    case 'ecommerce.inventory.stock.expired.v1':
    case 'ecommerce.inventory.stock.low.v1': {
      const { productId, sku, storeId, onHand, reserved } = event.payload;
      const known = row ?? unknown(productId);
      // A product may be kept under several SKUs in one place.
      const place = `${storeId}/${sku}`;
      return { ...known, ...stockColumns({ ...known.locations, [place]: { onHand, reserved } }) };
    }
    default:
      return row;
  }
}

function priceColumns(price: Decimal, currency: string) {
  const minor = fromDecimal(price, currency);
  return { price_minor: Number(minor), price: formatAmount(minor, currency), currency };
}

function stockColumns(locations: ProductSummary['locations']) {
  const all = Object.values(locations);
  const on_hand = all.reduce((sum, { onHand }) => sum + onHand, 0);
  const reserved = all.reduce((sum, at) => sum + at.reserved, 0);
  const available = on_hand - reserved;
  const inventory_status = available <= 0 ? 'OUT' : available <= LOW ? 'LOW' : 'IN_STOCK';
  return { locations, on_hand, reserved, available, inventory_status } as const;
}

// NULL on both sides where a product is not known: a row that only holds stock has no counterpart in the tables.
const digest = (alias: string): string =>
  `case when ${alias}.sku is not null then md5(concat_ws('|', ${alias}.sku, ${alias}.name, ${alias}.price_minor,
     ${alias}.currency, ${alias}.category_id, ${alias}.status, ${alias}.version)) end`;

export const productSummary = projection<ProductSummary>({
  name: 'product_summary',
  lingerMs: 100,
  topics: [
    eventDefinitions['ecommerce.product.product.created.v1'].topic,
    eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic,
  ],
  key: 'product_id',
  keyOf: (event) => event.partitionKey,
  evolve,
  parity: {
    source: `select t.store_id, t.product_id as key, ${digest('t')} as digest from products t`,
    digest: digest('p'),
  },
});
