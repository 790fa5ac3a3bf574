import { inventoryError } from '#errors.ts';
import { low, reserved, type StockEvent } from '#stock/events.ts';
import {
  availableIn,
  type Reservation,
  type ReservedLine,
  rowKey,
  type ShortLine,
  type Stock,
  type StockRow,
} from '#stock/stock.ts';
import { checkVersion } from '#stock/version.ts';

/** One thing to hold: by product, by sku, or by both. */
export interface WantedLine {
  readonly productId: string | undefined;
  readonly sku: string | undefined;
  readonly storeId: string;
  readonly qty: number;
}

export interface ReserveStock {
  readonly reservationId: string;
  readonly orderId: string | null;
  readonly lines: readonly WantedLine[];
  readonly ttlMs: number;
  /** Only for a single line. */
  readonly expectedVersion?: number | undefined;
  /** An unknown stock is "not found" (it was named by its path) rather than empty. */
  readonly mustExist?: boolean;
}

interface Demand {
  readonly row: StockRow;
  qty: number;
}

/**
 * Holds all lines or none. Lines of one stock are summed first, so that two of them can't each take the last piece. The
 * same reservation again changes nothing, whatever became of it.
 */
export function reserveStock(stock: Stock, command: ReserveStock, now: Date): readonly StockEvent[] {
  const known = stock.reservation(command.reservationId);
  if (known) {
    if (!sameLines(known, command.lines)) throw inventoryError('RESERVATION_MISMATCH');
    return [];
  }
  const { reservationId, orderId } = command;
  const expiresAt = new Date(now.getTime() + command.ttlMs);
  if (command.mustExist && command.lines.some((line) => !rowFor(stock, line)))
    throw inventoryError('STOCK_NOT_FOUND');
  const demands = demandOf(stock, command.lines);
  checkVersion(demands[0]?.row, command.expectedVersion);
  const lines = demands.map(({ row: { productId, sku, storeId }, qty }): ReservedLine => ({
    productId,
    sku,
    storeId,
    qty,
  }));
  return [
    { type: 'reservation.made', payload: { reservationId, orderId, state: 'HELD', expiresAt, lines } },
    ...demands.flatMap(({ row, qty }) => {
      const after = { ...row, reserved: row.reserved + qty, version: row.version + 1 };
      return [reserved(after, { reservationId, orderId, qty }, expiresAt), ...low(row, after)];
    }),
  ];
}

/** What is taken of each stock row; throws INSUFFICIENT_STOCK with every line that is short. */
function demandOf(stock: Stock, lines: readonly WantedLine[]): Demand[] {
  const demands = new Map<string, Demand>();
  const short: ShortLine[] = [];
  for (const line of lines) {
    const row = rowFor(stock, line);
    if (!row) {
      const { productId = '', sku = '', storeId, qty } = line;
      short.push({ productId, sku, storeId, requested: qty, available: 0 });
      continue;
    }
    const key = rowKey(row.storeId, row.sku);
    const demand = demands.get(key);
    if (demand) demand.qty += line.qty;
    else demands.set(key, { row, qty: line.qty });
  }
  for (const { row, qty } of demands.values()) {
    const available = availableIn(row);
    const { productId, sku, storeId } = row;
    if (qty > available) short.push({ productId, sku, storeId, requested: qty, available });
  }
  if (short.length > 0) throw inventoryError('INSUFFICIENT_STOCK', { details: { lines: short } });
  return [...demands.values()];
}

/** The row that a line means. Of a product with several skus in the location the fullest, as the caller does not care. */
function rowFor(stock: Stock, { productId, sku, storeId }: WantedLine): StockRow | undefined {
  if (sku !== undefined) {
    const row = stock.row(storeId, sku);
    return row && (productId === undefined || row.productId === productId) ? row : undefined;
  }
  const rows = stock.rowsOf(storeId, productId ?? '');
  return rows.reduce<StockRow | undefined>(
    (best, row) => (best && availableIn(best) >= availableIn(row) ? best : row),
    undefined,
  );
}

/** Whether a request is the one that the reservation was made with. */
function sameLines(reservation: Reservation, wanted: readonly WantedLine[]): boolean {
  const left = reservation.lines.map(({ qty }) => qty);
  for (const { productId, sku, storeId, qty } of wanted) {
    const index = reservation.lines.findIndex(
      (line) =>
        line.storeId === storeId &&
        (sku === undefined || line.sku === sku) &&
        (productId === undefined || line.productId === productId),
    );
    if (index < 0) return false;
    left[index] = (left[index] ?? 0) - qty;
  }
  return left.every((qty) => qty === 0);
}
