import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** A rule that lowered an order. */
export interface AppliedPromotion {
  readonly orderId: string;
  readonly ruleId: string;
  readonly kind: string;
  readonly name: string;
  /** Minor units, over all of the order. */
  readonly amount: bigint;
  readonly currency: string;
  readonly customerId: string;
  readonly at: Date;
}

const insert = `
  insert into applied_promotions (store_id, order_id, rule_id, kind, name, amount_minor, currency, customer_id, applied_at)
  select $1, order_id, rule_id, kind, name, amount_minor, currency, customer_id, applied_at
  from json_to_recordset($2) as r (order_id text, rule_id text, kind text, name text, amount_minor bigint,
    currency text, customer_id text, applied_at timestamptz)
  on conflict do nothing`;

export async function recordApplied(tx: Transaction, applied: readonly AppliedPromotion[]): Promise<void> {
  if (applied.length === 0) return;
  const rows = applied.map((one) => ({
    order_id: one.orderId,
    rule_id: one.ruleId,
    kind: one.kind,
    name: one.name,
    amount_minor: String(one.amount),
    currency: one.currency,
    customer_id: one.customerId,
    applied_at: one.at,
  }));
  await tx.query(insert, [tx.storeId, JSON.stringify(rows)]);
}
