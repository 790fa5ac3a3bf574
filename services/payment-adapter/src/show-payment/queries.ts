import type { Database } from '@tradewind/postgres/database.ts';

export interface PaymentRow {
  readonly paymentId: string;
  readonly orderId: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: string;
  readonly status: 'REQUESTED' | 'UNKNOWN' | 'CAPTURED' | 'FAILED' | 'REVERSED';
  readonly transactionId: string | null;
  readonly code: string | null;
}

export interface RefundRow {
  readonly refundId: string;
  readonly paymentId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly status: 'REQUESTED' | 'UNKNOWN' | 'REFUNDED' | 'FAILED';
  readonly transactionId: string | null;
  readonly code: string | null;
}

export interface PaymentQueries {
  find(storeId: string, paymentId: string): Promise<PaymentRow | undefined>;
  refundsOf(storeId: string, paymentId: string): Promise<readonly RefundRow[]>;
  /** In the order of their ids, after `after`. */
  ofOrder(storeId: string, orderId: string, after: string, limit: number): Promise<readonly PaymentRow[]>;
}

const columns = `payment_id as "paymentId", order_id as "orderId", amount, currency, status,
  transaction_id as "transactionId", code`;
const find = `select ${columns} from payments where payment_id = $1`;
const ofOrder = `
  select ${columns} from payments where store_id = $1 and order_id = $2 and payment_id > $3 order by payment_id limit $4`;
const refundsOf = `
  select refund_id as "refundId", payment_id as "paymentId", amount, currency, status, transaction_id as "transactionId",
    code
  from payment_refunds where payment_id = $1 order by requested_at, refund_id`;

export function paymentQueries(db: Database): PaymentQueries {
  return {
    async find(storeId, paymentId) {
      const [row] = await db.transaction(storeId, (tx) => tx.query<PaymentRow>(find, [paymentId]));
      return row;
    },
    refundsOf: (storeId, paymentId) =>
      db.transaction(storeId, (tx) => tx.query<RefundRow>(refundsOf, [paymentId])),
    ofOrder: (storeId, orderId, after, limit) =>
      db.transaction(storeId, (tx) => tx.query<PaymentRow>(ofOrder, [storeId, orderId, after, limit])),
  };
}
