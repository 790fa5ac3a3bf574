import { inventoryError } from '#errors.ts';
import { adjusted, low, type StockEvent } from '#stock/events.ts';
import { MAX_ON_HAND, type Stock, type StockRow } from '#stock/stock.ts';
import { checkVersion } from '#stock/version.ts';

export interface SetStock {
  readonly storeId: string;
  readonly sku: string;
  readonly productId: string;
  readonly onHand: number;
  /** Undefined leaves it as it is, null removes it. */
  readonly reorderPoint: number | null | undefined;
  readonly expectedVersion: number | undefined;
  readonly adjustmentId: string;
}

/** Counts a stock, creating it where it is new. A repeat changes nothing. */
export function setStock(stock: Stock, command: SetStock, now: Date): readonly StockEvent[] {
  const { storeId, sku, productId, onHand, adjustmentId } = command;
  const known = stock.productOf(sku);
  if (known !== undefined && known !== productId) {
    throw inventoryError('SKU_MISMATCH', { details: { sku } });
  }
  const current = stock.row(storeId, sku);
  checkVersion(current, command.expectedVersion);
  if (onHand > MAX_ON_HAND) throw inventoryError('STOCK_LIMIT');
  const before: StockRow = current ?? {
    ...{ productId, sku, storeId },
    ...{ onHand: 0, reserved: 0, version: 0, reorderPoint: null, updatedAt: now },
  };
  if (onHand < before.reserved) {
    throw inventoryError('NEGATIVE_STOCK', { details: { onHand: before.onHand, reserved: before.reserved } });
  }
  const reorderPoint = command.reorderPoint === undefined ? before.reorderPoint : command.reorderPoint;
  const delta = onHand - before.onHand;
  if (current && delta === 0 && reorderPoint === before.reorderPoint) return [];
  const after = { ...before, onHand, reorderPoint, version: before.version + 1 };
  const settings: StockEvent[] =
    reorderPoint === before.reorderPoint ? [] : [{ type: 'stock.settings-changed', payload: after }];
  // A new stock announces itself even when it is empty, so that every view of it begins.
  const counted = delta !== 0 || !current ? [adjusted(after, delta, { adjustmentId, reason: 'COUNT' })] : [];
  return [...settings, ...counted, ...(current ? low(before, after) : [])];
}
