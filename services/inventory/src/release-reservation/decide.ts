import { unreachable } from '@tradewind/kernel/errors.ts';
import { inventoryError } from '#errors.ts';
import { adjusted, type Cause, released, type StockEvent } from '#stock/events.ts';
import { entryId, requireReservation, requireRow } from '#stock/require.ts';
import type { ReservedLine, Stock, StockRow } from '#stock/stock.ts';

export interface ReleaseReservation {
  readonly reservationId: string;
  readonly reason: string | null;
  /** Id of the first ledger row, should there be one. */
  readonly adjustmentId: string;
  /** Somebody's own act: it takes nothing from an order that has bought the pieces, or is being paid. */
  readonly byHand?: boolean;
}

/** Gives the pieces back: held ones are for sale again, sold ones return to the stock on hand. */
export function releaseReservation(stock: Stock, command: ReleaseReservation): readonly StockEvent[] {
  const reservation = requireReservation(stock, command.reservationId);
  const { reservationId, orderId, state, expiresAt, lines } = reservation;
  const { reason, adjustmentId, byHand = false } = command;
  if (byHand && orderId !== null) {
    if (state === 'COMMITTED') throw inventoryError('RESERVATION_SOLD');
    // Held without end: a charge is under way, and money must not be taken for pieces that somebody else gets.
    if (state === 'HELD' && expiresAt === null) throw inventoryError('RESERVATION_IN_PAYMENT');
  }

  function giveBack(line: ReservedLine, index: number): StockEvent[] {
    const row = requireRow(stock, line);
    const version = row.version + 1;
    const held = { reservationId, orderId, qty: line.qty };
    if (state === 'HELD')
      return [released({ ...row, reserved: row.reserved - line.qty, version }, held, reason)];
    const after: StockRow = { ...row, onHand: row.onHand + line.qty, version };
    const cause: Cause = {
      adjustmentId: entryId(adjustmentId, index),
      reason: 'RETURNED',
      reservationId,
      orderId,
    };
    return [released(after, held, reason), adjusted(after, line.qty, cause)];
  }

  switch (state) {
    case 'HELD':
    case 'COMMITTED':
      return [
        ...lines.flatMap(giveBack),
        { type: 'reservation.moved', payload: { reservationId, state: 'RELEASED', expiresAt } },
      ];
    case 'RELEASED':
    case 'EXPIRED':
      return [];
    default:
      return unreachable(state);
  }
}
