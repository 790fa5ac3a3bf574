import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { ProductEvent } from '#product/events.ts';

/** What a transaction did to a product, as far as prices are concerned. */
interface PricedChange {
  readonly key: string;
  readonly before: { readonly version: number };
  readonly events: readonly { readonly event: ProductEvent; readonly version: number }[];
}

/** A row of the price history, as the database names its columns. */
export interface PriceRow {
  readonly product_id: string;
  readonly version: number;
  readonly price_minor: string;
  readonly currency: string;
  readonly valid_from: Date;
  readonly valid_to: Date | null;
  /** Null where it is the price of the creation. */
  readonly changed_by: string | null;
}

/** The prices that a change begins; of several in one transaction, each ends where the next one starts. */
export function openedPrices({ key, events }: PricedChange): PriceRow[] {
  const prices = events.flatMap(({ event, version }): Omit<PriceRow, 'valid_to'>[] => {
    switch (event.type) {
      case 'ecommerce.product.product.created.v1': {
        const { price, currency, createdAt } = event.payload;
        const price_minor = String(fromDecimal(price, currency));
        return [{ product_id: key, version, price_minor, currency, valid_from: createdAt, changed_by: null }];
      }
      case 'ecommerce.product.price.changed.v1': {
        const { newPrice, currency, validFrom, changedBy } = event.payload;
        const price_minor = String(fromDecimal(newPrice, currency));
        return [
          { product_id: key, version, price_minor, currency, valid_from: validFrom, changed_by: changedBy },
        ];
      }
      default:
        return [];
    }
  });
  return prices.map((price, index) => ({ ...price, valid_to: prices[index + 1]?.valid_from ?? null }));
}

/** The end of the price that was in force before the change. */
export function closedPrices(change: PricedChange): { product_id: string; valid_to: Date }[] {
  const [first] = openedPrices(change);
  return first && change.before.version > 0 ? [{ product_id: change.key, valid_to: first.valid_from }] : [];
}
