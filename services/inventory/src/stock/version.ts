import { inventoryError } from '#errors.ts';
import type { StockRow } from './stock.ts';

/** Refuses a write that was meant for another version of the row; 0 stands for "not there yet". */
export function checkVersion(row: StockRow | undefined, expected: number | undefined): void {
  const currentVersion = row?.version ?? 0;
  if (expected !== undefined && expected !== currentVersion) {
    throw inventoryError('VERSION_CONFLICT', { details: { currentVersion } });
  }
}
