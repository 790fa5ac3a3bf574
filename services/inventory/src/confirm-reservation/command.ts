import { newId } from '@tradewind/kernel/ids.ts';
import { requireReservation } from '#stock/require.ts';
import type { Reservation } from '#stock/stock.ts';
import type { StockCommand } from '#store.ts';
import { confirmReservation } from './decide.ts';

/** Sells a reservation; `revive` takes the pieces anew where it is gone. Answers it as it stands. */
export function confirmCommand(reservationId: string, revive = false): StockCommand<Reservation> {
  const adjustmentId = newId();
  return {
    touches: { reservation: reservationId, existing: true },
    decide: (stock) => confirmReservation(stock, { reservationId, adjustmentId, revive }),
    reply: (stock) => requireReservation(stock, reservationId),
  };
}
