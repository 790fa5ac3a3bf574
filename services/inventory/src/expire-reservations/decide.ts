import { expired, type StockEvent } from '#stock/events.ts';
import { requireReservation, requireRow } from '#stock/require.ts';
import type { Stock } from '#stock/stock.ts';

/** Gives back what is held beyond its time; anything else became of it meanwhile stands. */
export function expireReservation(stock: Stock, id: string, now: Date): readonly StockEvent[] {
  const { reservationId, orderId, state, expiresAt, lines } = requireReservation(stock, id);
  if (state !== 'HELD' || expiresAt === null || expiresAt > now) return [];
  return [
    ...lines.map((line) => {
      const row = requireRow(stock, line);
      const after = { ...row, reserved: row.reserved - line.qty, version: row.version + 1 };
      return expired(after, { reservationId, orderId, qty: line.qty });
    }),
    { type: 'reservation.moved', payload: { reservationId, state: 'EXPIRED', expiresAt } },
  ];
}
