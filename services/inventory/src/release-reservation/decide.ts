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
  /** Refuses to take back what an order has bought: only the order itself may give that up. */
  readonly keepSold?: boolean;
}

/** Gives the pieces back: held ones are for sale again, sold ones return to the stock on hand. */
export function releaseReservation(stock: Stock, command: ReleaseReservation): readonly StockEvent[] {
  const reservation = requireReservation(stock, command.reservationId);
  const { reservationId, orderId, state, expiresAt, lines } = reservation;
  const { reason, adjustmentId, keepSold = false } = command;
  if (state === 'COMMITTED' && orderId !== null && keepSold) throw inventoryError('RESERVATION_SOLD');

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
