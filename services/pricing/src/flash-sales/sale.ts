import type { FlashPrice } from '#engine/rules.ts';
import { percentOf } from '#engine/rounding.ts';

export type SaleStatus = 'SCHEDULED' | 'ACTIVE' | 'ENDED';

/** What somebody says of a sale. */
export interface SaleTerms {
  readonly name: string | null;
  readonly productIds: readonly string[];
  readonly price: FlashPrice;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface Sale extends SaleTerms {
  readonly saleId: string;
  readonly status: SaleStatus;
  readonly endedAt: Date | null;
  readonly version: number;
  /** How many events have told of it; one that waits has none. */
  readonly events: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** When something has to be done about it next. */
export function dueAt({
  status,
  startsAt,
  endsAt,
}: Pick<Sale, 'status' | 'startsAt' | 'endsAt'>): Date | null {
  if (status === 'ENDED') return null;
  return status === 'SCHEDULED' ? startsAt : endsAt;
}

/** What the sale makes of a product's list price; nothing where that is in another currency. */
export function salePrice(price: FlashPrice, listMinor: bigint, currency: string): bigint | undefined {
  if ('basisPoints' in price) return listMinor - percentOf(listMinor, price.basisPoints);
  return price.currency === currency ? price.unitMinor : undefined;
}
