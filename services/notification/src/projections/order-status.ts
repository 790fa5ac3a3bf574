import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import { projection } from '@tradewind/outbox/projection.ts';
import { KEPT_CHANGES, type StatusChange } from '#push/status-change.ts';

export interface OrderStatusRow {
  order_id: string;
  user_id: string;
  status: string;
  /** Minor units. */
  total_minor: number;
  currency: string;
  created_at: string;
  updated_at: string;
  changes: readonly StatusChange[];
}

/** The status of each order and how it came to it: what a client is told first, and where gaps are filled from. */
export const orderStatus = projection<OrderStatusRow>({
  name: 'order_status',
  topics: ['ecommerce.order.order'],
  lingerMs: 100,
  key: 'order_id',
  keyOf: (event) => event.partitionKey,
  store: {
    kind: 'redis',
    redis: {
      sorted: [
        { by: ['user_id'], score: 'created_at' },
        { by: ['user_id'], score: 'updated_at' },
        { by: [], score: 'created_at' },
        { by: [], score: 'updated_at' },
      ],
      sums: { by: ['status', 'currency'], sum: 'total_minor' },
    },
  },
  evolve(row, event) {
    // Every event of an order says whose it is and the status after it.
    const { userId, status, totalAmount, currency, createdAt } = event.payload as OrderPayload;
    if (row?.status === status) return row;
    const occurredAt = event.occurredAt.toISOString();
    const change: StatusChange = {
      ...{ version: event.aggregateVersion, previous: row?.changes.at(-1)?.version ?? 0 },
      ...{ status, occurredAt, eventId: event.eventId },
    };
    return {
      order_id: event.partitionKey,
      user_id: userId,
      status,
      total_minor: Number(fromDecimal(totalAmount, currency)),
      currency,
      created_at: createdAt.toISOString(),
      updated_at: occurredAt,
      changes: [...(row?.changes ?? []), change].slice(-KEPT_CHANGES),
    };
  },
  // This service has no orders of its own, so a rebuilt version is compared with the one that is live.
  parity: {
    digest: `concat_ws(' ', p.user_id, p.status, p.total_minor, p.currency, p.changes)`,
  },
});

interface OrderPayload {
  readonly userId: string;
  readonly status: string;
  readonly totalAmount: Parameters<typeof fromDecimal>[0];
  readonly currency: string;
  readonly createdAt: Date;
}
