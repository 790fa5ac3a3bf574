import { inventoryError } from '#errors.ts';
import { adjusted, type Cause, low, type StockEvent } from '#stock/events.ts';
import { MAX_ON_HAND, type Stock } from '#stock/stock.ts';
import { checkVersion } from '#stock/version.ts';

export interface AdjustStock {
  readonly storeId: string;
  readonly sku: string;
  readonly delta: number;
  readonly expectedVersion: number | undefined;
  readonly cause: Cause;
}

/** Changes the pieces on hand; never below what is reserved. */
export function adjustStock(stock: Stock, command: AdjustStock): readonly StockEvent[] {
  const before = stock.row(command.storeId, command.sku);
  if (!before) throw inventoryError('STOCK_NOT_FOUND');
  checkVersion(before, command.expectedVersion);
  const onHand = before.onHand + command.delta;
  if (onHand < before.reserved) {
    const { onHand: now, reserved } = before;
    throw inventoryError('NEGATIVE_STOCK', { details: { onHand: now, reserved, available: now - reserved } });
  }
  if (onHand > MAX_ON_HAND) throw inventoryError('STOCK_LIMIT');
  const after = { ...before, onHand, version: before.version + 1 };
  return [adjusted(after, command.delta, command.cause), ...low(before, after)];
}
