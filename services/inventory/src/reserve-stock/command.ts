import { requireReservation } from '#stock/require.ts';
import type { Reservation } from '#stock/stock.ts';
import type { StockCommand } from '#store.ts';
import { type ReserveStock, reserveStock } from './decide.ts';

/** Holds the lines; answers the reservation as it stands, also on a repeat. */
export function reserveCommand(reserve: ReserveStock): StockCommand<Reservation> {
  const { lines, reservationId } = reserve;
  return {
    touches: {
      products: lines.flatMap(({ productId }) => productId ?? []),
      skus: lines.flatMap(({ productId, sku }) =>
        productId === undefined && sku !== undefined ? [sku] : [],
      ),
      locations: lines.map(({ storeId }) => storeId),
      reservation: reservationId,
    },
    decide: (stock, now) => reserveStock(stock, reserve, now),
    reply: (stock) => requireReservation(stock, reservationId),
  };
}
