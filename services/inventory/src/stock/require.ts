import { DomainError } from '@tradewind/kernel/errors.ts';
import { inventoryError } from '#errors.ts';
import type { Reservation, ReservedLine, Stock, StockRow } from './stock.ts';

export function requireReservation(stock: Stock, reservationId: string): Reservation {
  const reservation = stock.reservation(reservationId);
  if (!reservation) throw inventoryError('RESERVATION_NOT_FOUND');
  return reservation;
}

/** The stock row of a reservation's line: rows are never deleted, so it is there. */
export function requireRow(stock: Stock, { storeId, sku }: Pick<ReservedLine, 'storeId' | 'sku'>): StockRow {
  const row = stock.row(storeId, sku);
  if (!row) throw new DomainError('STOCK_ROW_MISSING', 'bug', `reserved stock ${storeId} ${sku} has no row`);
  return row;
}

/** The refusal that tells why a reservation holds nothing any more. */
export function lapsed(state: 'RELEASED' | 'EXPIRED'): DomainError {
  return inventoryError(state === 'RELEASED' ? 'RESERVATION_RELEASED' : 'RESERVATION_EXPIRED');
}

/** Ids of the ledger rows of one command: the first is the command's own. */
export const entryId = (first: string, index: number): string =>
  index === 0 ? first : `${first}-${index + 1}`;
