import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import { unreachable } from '@tradewind/kernel/errors.ts';
import { productError } from '#errors.ts';
import type { ProductEvent } from './events.ts';

/** A product as its events leave it. */
export interface Product {
  readonly productId: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string | null;
  /** List price in minor units of `currency`. */
  readonly priceMinor: bigint;
  readonly currency: string;
  /** Since when this price holds. */
  readonly priceSince: Date;
  readonly categoryId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly images: readonly string[];
  readonly status: 'ACTIVE' | 'ARCHIVED';
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Undefined before the product was created. */
export type ProductState = Product | undefined;

export function evolve(state: ProductState, event: ProductEvent): ProductState {
  switch (event.type) {
    case 'ecommerce.product.product.created.v1': {
      const { price, status, createdAt, ...rest } = event.payload;
      return {
        ...rest,
        priceMinor: fromDecimal(price, rest.currency),
        priceSince: createdAt,
        status: statusOf(status),
        createdAt,
        updatedAt: createdAt,
      };
    }
    case 'ecommerce.product.product.updated.v1': {
      const { price, status, changedFields: _, ...rest } = event.payload;
      return {
        ...rest,
        priceMinor: fromDecimal(price, rest.currency),
        priceSince: existing(state).priceSince,
        status: statusOf(status),
      };
    }
    case 'ecommerce.product.product.archived.v1': {
      const { version, archivedAt } = event.payload;
      return { ...existing(state), status: 'ARCHIVED', version, updatedAt: archivedAt };
    }
    case 'ecommerce.product.price.changed.v1': {
      const { newPrice, currency, validFrom, version } = event.payload;
      const priceMinor = fromDecimal(newPrice, currency);
      return { ...existing(state), priceMinor, priceSince: validFrom, version, updatedAt: validFrom };
    }
    default:
      return unreachable(event);
  }
}

/**
 * The product that a command is about.
 * @throws DomainError PRODUCT_NOT_FOUND, VERSION_CONFLICT with the current version where another one was expected
 */
export function existing(state: ProductState, expectedVersion?: number): Product {
  if (!state) throw productError('PRODUCT_NOT_FOUND');
  if (expectedVersion !== undefined && expectedVersion !== state.version) {
    throw productError('VERSION_CONFLICT', { details: { currentVersion: state.version } });
  }
  return state;
}

/** The same, where archived products are closed to the command. */
export function changeable(state: ProductState, expectedVersion?: number): Product {
  const product = existing(state, expectedVersion);
  if (product.status === 'ARCHIVED') throw productError('PRODUCT_ARCHIVED');
  return product;
}

/** The later of two times: a transaction that waited for the row may have begun before the one it waited for. */
export const later = (a: Date, b: Date): Date => (a > b ? a : b);

function statusOf(status: string): Product['status'] {
  return status === 'ARCHIVED' ? 'ARCHIVED' : 'ACTIVE';
}
