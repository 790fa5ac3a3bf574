import { newId } from '@tradewind/kernel/ids.ts';
import { requireReservation } from '#stock/require.ts';
import type { Reservation } from '#stock/stock.ts';
import type { StockCommand } from '#store.ts';
import { releaseReservation } from './decide.ts';

/** Gives a reservation back; answers it as it stands. */
export function releaseCommand(
  reservationId: string,
  reason: string | null,
  byHand = false,
): StockCommand<Reservation> {
  const adjustmentId = newId();
  return {
    touches: { reservation: reservationId, existing: true },
    decide: (stock) => releaseReservation(stock, { reservationId, reason, adjustmentId, byHand }),
    reply: (stock) => requireReservation(stock, reservationId),
  };
}

/** The same for an order that is over: one that never held anything has nothing to give back. */
export function releaseOrderCommand(reservationId: string, reason: string): StockCommand<void> {
  const { touches, decide } = releaseCommand(reservationId, reason);
  return {
    touches,
    decide: (stock, now) => (stock.reservation(reservationId) ? decide(stock, now) : []),
    reply: () => undefined,
  };
}
