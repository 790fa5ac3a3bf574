import { adjusted, type StockEvent } from '#stock/events.ts';
import { entryId, requireReservation, requireRow } from '#stock/require.ts';
import type { Stock } from '#stock/stock.ts';

export interface RestockReturn {
  /** The order's. */
  readonly reservationId: string;
  /** Id of the first ledger row: told from the return, so that the ledger takes no return twice. */
  readonly adjustmentId: string;
  readonly items: readonly { readonly productId: string; readonly qty: number }[];
}

/**
 * Pieces that a customer sent back are for sale again, where they were sold from. A product that was sold from several places
 * goes back to the first that sold enough; the reservation stays as it was, for the order is not undone.
 */
export function restockReturn(
  stock: Stock,
  { reservationId, adjustmentId, items }: RestockReturn,
): StockEvent[] {
  const { orderId, lines } = requireReservation(stock, reservationId);
  const back = new Map<string, number>();
  for (const { productId, qty } of items) back.set(productId, (back.get(productId) ?? 0) + qty);
  const places = lines.flatMap((line) => {
    const qty = Math.min(line.qty, back.get(line.productId) ?? 0);
    back.set(line.productId, (back.get(line.productId) ?? 0) - qty);
    return qty === 0 ? [] : [{ ...line, qty }];
  });
  return places.map((place, index) => {
    const row = requireRow(stock, place);
    const after = { ...row, onHand: row.onHand + place.qty, version: row.version + 1 };
    const cause = { adjustmentId: entryId(adjustmentId, index), reason: 'RETURNED', reservationId, orderId };
    return adjusted(after, place.qty, cause);
  });
}
