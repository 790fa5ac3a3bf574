import type { CommandContext } from '@tradewind/outbox/context.ts';

export interface ReserveOrder {
  readonly reservationId: string;
  readonly orderId: string;
  readonly lines: readonly { readonly productId: string; readonly qty: number }[];
  readonly ttlSeconds: number;
}

/** What the order service needs of inventory. All calls may be repeated. */
export interface Inventory {
  /** @throws DomainError INSUFFICIENT_STOCK (with the short lines), INVENTORY_UNAVAILABLE after three tries */
  reserve(request: ReserveOrder, context: CommandContext): Promise<void>;
  /**
   * Keeps a reservation from lapsing while a payment is open.
   * @throws DomainError ORDER_NOT_PAYABLE when it has lapsed, INVENTORY_UNAVAILABLE
   */
  hold(reservationId: string, context: CommandContext): Promise<void>;
  release(reservationId: string, reason: string, context: CommandContext): Promise<void>;
}
