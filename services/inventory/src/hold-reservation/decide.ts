import { unreachable } from '@tradewind/kernel/errors.ts';
import { inventoryError } from '#errors.ts';
import type { StockEvent } from '#stock/events.ts';
import { lapsed, requireReservation } from '#stock/require.ts';
import type { Stock } from '#stock/stock.ts';

export interface HoldReservation {
  readonly reservationId: string;
  /** Null: held without end. */
  readonly expiresAt: Date | null;
}

/** Moves a held reservation's expiry; what was sold before needs no holding. */
export function holdReservation(stock: Stock, command: HoldReservation, now: Date): readonly StockEvent[] {
  const { reservationId, state, expiresAt } = requireReservation(stock, command.reservationId);
  switch (state) {
    case 'HELD':
      if (command.expiresAt && command.expiresAt <= now) {
        throw inventoryError('INVALID_REQUEST', { message: 'expires_at lies in the past' });
      }
      if (command.expiresAt?.getTime() === expiresAt?.getTime()) return [];
      return [{ type: 'reservation.moved', payload: { reservationId, state, expiresAt: command.expiresAt } }];
    case 'COMMITTED':
      return [];
    case 'RELEASED':
    case 'EXPIRED':
      throw lapsed(state);
    default:
      return unreachable(state);
  }
}
