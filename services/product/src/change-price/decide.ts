import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { productError } from '#errors.ts';
import type { ProductEvent } from '#product/events.ts';
import { priceIn } from '#product/price.ts';
import { changeable, later, type ProductState } from '#product/product.ts';

export interface ChangePrice {
  /** As the client wrote it: an amount of the product's currency. */
  readonly price: string | number;
  /** Where given, must be the product's own. */
  readonly currency: string | undefined;
  readonly changedBy: string;
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

/** The new price holds from now on, never from before the price that it replaces: intervals must not overlap. */
export function changePrice(state: ProductState, command: ChangePrice): ProductEvent[] {
  const product = changeable(state, command.expectedVersion);
  const { currency } = product;
  if (command.currency !== undefined && command.currency !== currency) {
    throw productError('CURRENCY_FIXED', { details: { currency } });
  }
  const priceMinor = priceIn(command.price, currency);
  if (priceMinor === product.priceMinor) return [];
  return [
    {
      type: 'ecommerce.product.price.changed.v1',
      payload: {
        productId: product.productId,
        sku: product.sku,
        oldPrice: toDecimal(product.priceMinor, currency),
        newPrice: toDecimal(priceMinor, currency),
        currency,
        validFrom: later(command.now, product.priceSince),
        changedBy: command.changedBy,
        version: product.version + 1,
      },
    },
  ];
}
