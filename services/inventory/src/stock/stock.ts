import { unreachable } from '@tradewind/kernel/errors.ts';
import type { StockEvent } from './events.ts';

/** Stock of one sku in one location. `0 <= reserved <= onHand` always holds. */
export interface StockRow {
  readonly productId: string;
  readonly sku: string;
  /** The location. */
  readonly storeId: string;
  readonly onHand: number;
  /** Pieces of onHand that are held. */
  readonly reserved: number;
  /** Changes of this row; the ETag. */
  readonly version: number;
  /** Null: never low. */
  readonly reorderPoint: number | null;
  readonly updatedAt: Date;
}

export const reservationStates = ['HELD', 'COMMITTED', 'RELEASED', 'EXPIRED'] as const;
/** HELD → COMMITTED | RELEASED | EXPIRED; COMMITTED → RELEASED; RELEASED and EXPIRED → COMMITTED when paid after all. */
export type ReservationState = (typeof reservationStates)[number];

export interface ReservedLine {
  readonly productId: string;
  readonly sku: string;
  readonly storeId: string;
  readonly qty: number;
}

export interface Reservation {
  readonly reservationId: string;
  readonly orderId: string | null;
  readonly state: ReservationState;
  /** Null: held without end. */
  readonly expiresAt: Date | null;
  /** One per stock row. */
  readonly lines: readonly ReservedLine[];
}

/** A line that could not be held. */
export interface ShortLine {
  readonly productId: string;
  readonly sku: string;
  readonly storeId: string;
  readonly requested: number;
  readonly available: number;
}

/** Pieces that can be counted in one place: leaves room for sums in an int4. */
export const MAX_ON_HAND = 1_000_000_000;

export const availableIn = (row: StockRow): number => row.onHand - row.reserved;

export const rowKey = (storeId: string, sku: string): string => `${storeId}\n${sku}`;
const productKey = (storeId: string, productId: string): string => `${storeId}\n${productId}`;

/** Stock rows and reservations as a decision sees them. */
export interface Stock {
  row(storeId: string, sku: string): StockRow | undefined;
  /** Rows of a product in a location, mostly one, in order of sku. */
  rowsOf(storeId: string, productId: string): readonly StockRow[];
  reservation(id: string): Reservation | undefined;
  /** The product that a sku is known to be. */
  productOf(sku: string): string | undefined;
}

/** A transaction's own copy: `evolve` changes it in place, so that a batch costs what its events cost. */
export class StockState implements Stock {
  readonly rows = new Map<string, StockRow>();
  readonly reservations = new Map<string, Reservation>();
  readonly products = new Map<string, string>();
  readonly #skus = new Map<string, string[]>();

  row(storeId: string, sku: string): StockRow | undefined {
    return this.rows.get(rowKey(storeId, sku));
  }

  rowsOf(storeId: string, productId: string): readonly StockRow[] {
    const skus = this.#skus.get(productKey(storeId, productId)) ?? [];
    return skus.flatMap((sku) => this.row(storeId, sku) ?? []);
  }

  reservation(id: string): Reservation | undefined {
    return this.reservations.get(id);
  }

  productOf(sku: string): string | undefined {
    return this.products.get(sku);
  }

  put(row: StockRow): void {
    const key = rowKey(row.storeId, row.sku);
    if (!this.rows.has(key)) {
      const place = productKey(row.storeId, row.productId);
      const skus = this.#skus.get(place) ?? [];
      this.#skus.set(place, [...skus, row.sku].sort());
      this.products.set(row.sku, row.productId);
    }
    this.rows.set(key, row);
  }
}

/** Folds one event into the state; `at` is the transaction's time. */
export function evolve(state: StockState, event: StockEvent, at: Date): void {
  switch (event.type) {
    case 'ecommerce.inventory.stock.adjusted.v1':
    case 'ecommerce.inventory.stock.reserved.v1':
    case 'ecommerce.inventory.stock.confirmed.v1':
    case 'ecommerce.inventory.stock.released.v1':
    case 'ecommerce.inventory.stock.expired.v1': {
      const { productId, sku, storeId, onHand, reserved, version } = event.payload;
      const reorderPoint = state.row(storeId, sku)?.reorderPoint ?? null;
      state.put({ productId, sku, storeId, onHand, reserved, version, reorderPoint, updatedAt: at });
      return;
    }
    case 'ecommerce.inventory.stock.low.v1':
      return;
    case 'stock.settings-changed':
      state.put({ ...event.payload, updatedAt: at });
      return;
    case 'reservation.made':
      state.reservations.set(event.payload.reservationId, event.payload);
      return;
    case 'reservation.moved': {
      const known = state.reservations.get(event.payload.reservationId);
      if (known) state.reservations.set(known.reservationId, { ...known, ...event.payload });
      return;
    }
    default:
      return unreachable(event);
  }
}
