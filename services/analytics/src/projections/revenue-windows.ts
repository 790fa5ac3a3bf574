/** What feeds windows: a name in `projections`, whose versions stand side by side, and topics. */
export interface WindowedProjection {
  readonly name: string;
  readonly topics: readonly string[];
}

const windowedProjection = <P extends WindowedProjection>(definition: P): P => definition;

/**
 * Sums by windows of event time (ADR 0050). No row here is the fold of one aggregate's events, so the runtime of ordinary
 * projections does not fit; versions, checkpoints, parking and replay are the same.
 */
export const revenueWindows = windowedProjection({
  name: 'revenue_windows',
  topics: ['ecommerce.order.order', 'ecommerce.cart.cart'],
  key: 'store_id, size, start, currency',
});
