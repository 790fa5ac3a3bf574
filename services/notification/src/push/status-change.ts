/**
 * A step in the life of an order. `previous` is the version of the step before it (0 for the first): versions of events that
 * leave the status as it is are skipped, so it is `previous` that tells whether something is missing in between.
 */
export interface StatusChange {
  /** aggregateVersion of the event. */
  readonly version: number;
  readonly previous: number;
  readonly status: string;
  /** RFC 3339 */
  readonly occurredAt: string;
  readonly eventId: string;
}

/** An order with its latest changes, oldest first. */
export interface OrderStatus {
  readonly storeId: string;
  readonly orderId: string;
  readonly userId: string;
  readonly changes: readonly StatusChange[];
}

/** How many changes of one order are kept; a client that missed more goes on with those. */
export const KEPT_CHANGES = 100;
