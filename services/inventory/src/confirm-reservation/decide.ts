import { unreachable } from '@tradewind/kernel/errors.ts';
import { inventoryError } from '#errors.ts';
import { adjusted, confirmed, low, reserved, type StockEvent } from '#stock/events.ts';
import { entryId, lapsed, requireReservation, requireRow } from '#stock/require.ts';
import { availableIn, type Reservation, type ShortLine, type Stock } from '#stock/stock.ts';

export interface ConfirmReservation {
  readonly reservationId: string;
  /** Id of the first ledger row. */
  readonly adjustmentId: string;
  /** The order is paid: when the reservation is gone, take the pieces anew while there are any. */
  readonly revive: boolean;
}

/** Sells what is held: the pieces leave the stock. */
export function confirmReservation(stock: Stock, command: ConfirmReservation): readonly StockEvent[] {
  const reservation = requireReservation(stock, command.reservationId);
  const { state } = reservation;
  switch (state) {
    case 'COMMITTED':
      return [];
    case 'HELD':
      return sell(stock, reservation, command.adjustmentId);
    case 'RELEASED':
    case 'EXPIRED':
      if (!command.revive) throw lapsed(state);
      checkStillThere(stock, reservation);
      return sell(stock, reservation, command.adjustmentId);
    default:
      return unreachable(state);
  }
}

function sell(stock: Stock, reservation: Reservation, adjustmentId: string): readonly StockEvent[] {
  const { reservationId, orderId, expiresAt, lines } = reservation;
  const revived = reservation.state !== 'HELD';
  return [
    ...lines.flatMap((line, index) => {
      const row = requireRow(stock, line);
      const held = { reservationId, orderId, qty: line.qty };
      const before = revived ? { ...row, reserved: row.reserved + line.qty, version: row.version + 1 } : row;
      const after = {
        ...before,
        onHand: before.onHand - line.qty,
        reserved: before.reserved - line.qty,
        version: before.version + 1,
      };
      const cause = { adjustmentId: entryId(adjustmentId, index), reason: 'SOLD', reservationId, orderId };
      return [
        ...(revived ? [reserved(before, held, null), ...low(row, before)] : []),
        // One change of the row, told to two kinds of readers: both carry the same row version.
        confirmed(after, held),
        adjusted(after, -line.qty, cause),
      ];
    }),
    { type: 'reservation.moved', payload: { reservationId, state: 'COMMITTED', expiresAt } },
  ];
}

function checkStillThere(stock: Stock, { lines }: Reservation): void {
  const short = lines.flatMap((line): ShortLine[] => {
    const { productId, sku, storeId, qty } = line;
    const available = availableIn(requireRow(stock, line));
    return available < qty ? [{ productId, sku, storeId, requested: qty, available }] : [];
  });
  if (short.length > 0) throw inventoryError('RESERVATION_LOST', { details: { lines: short } });
}
