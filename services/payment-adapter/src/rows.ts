import type { OrderPayments, Payment, Refund } from '#payment/payment.ts';
import type { Versioned } from '@tradewind/outbox/command-store.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';

const lockOrders = `
  select order_id as "orderId", version from payment_orders
  where store_id = $1 and order_id = any($2) order by order_id for update`;

const selectPayments = `
  select payment_id as "paymentId", order_id as "orderId", user_id as "userId", amount, currency, status, claim,
    transaction_id as "transactionId", provider, code, tries
  from payments where store_id = $1 and order_id = any($2)`;

const selectRefunds = `
  select refund_id as "refundId", payment_id as "paymentId", order_id as "orderId", amount, currency, reason, status,
    claim, transaction_id as "transactionId", provider, code, tries
  from payment_refunds where store_id = $1 and order_id = any($2)`;

type RefundRow = Refund & { readonly orderId: string };

/** Locks orders in key order and answers their payments as they stand under the lock. */
export async function loadOrders(
  tx: Transaction,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, Versioned<OrderPayments>>> {
  const values = [tx.storeId, orderIds];
  // Issued together: each statement has its own snapshot, taken after the locks of the first.
  const [orders, payments, refunds] = await Promise.all([
    tx.query<{ orderId: string; version: number }>(lockOrders, values),
    tx.query<Payment>(selectPayments, values),
    tx.query<RefundRow>(selectRefunds, values),
  ]);
  const paymentsOf = Map.groupBy(payments, ({ orderId }) => orderId);
  const refundsOf = Map.groupBy(refunds, ({ orderId }) => orderId);
  return new Map(
    orders.map(({ orderId, version }) => {
      const state: OrderPayments = {
        payments: new Map((paymentsOf.get(orderId) ?? []).map((payment) => [payment.paymentId, payment])),
        refunds: new Map((refundsOf.get(orderId) ?? []).map((refund) => [refund.refundId, refund])),
      };
      return [orderId, { state, version }];
    }),
  );
}
