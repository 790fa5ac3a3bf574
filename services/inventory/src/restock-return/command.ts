import type { StockCommand } from '#store.ts';
import { restockReturn } from './decide.ts';

/** Takes the pieces of an order's return back into the stock. */
export function restockCommand(
  reservationId: string,
  returnId: string,
  items: readonly { readonly productId: string; readonly qty: number }[],
): StockCommand<void> {
  return {
    touches: { reservation: reservationId, existing: true },
    decide: (stock) => restockReturn(stock, { reservationId, adjustmentId: `return-${returnId}`, items }),
    reply: () => undefined,
  };
}
