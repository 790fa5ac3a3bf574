import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { DiscountCode } from '#engine/rules.ts';
import { conditionsIn, type ConditionsRow, effectIn, type EffectRow } from '#rules/rule-json.ts';

/** A discount code with how often it was taken. */
export interface CodeRow {
  readonly id: string;
  readonly code: string;
  readonly effect: EffectRow;
  readonly currency: string | null;
  readonly conditions: ConditionsRow | null;
  readonly stackable: boolean;
  readonly usageLimit: number | null;
  readonly perCustomerLimit: number | null;
  readonly uses: number;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

const select = `
  select discount_code_id as id, code, effect, currency, conditions, stackable, usage_limit as "usageLimit",
    per_customer_limit as "perCustomerLimit", uses, starts_at as "startsAt", ends_at as "endsAt"
  from discount_codes where store_id = $1 and code = any($2) and deleted_at is null order by discount_code_id`;
const selectLocked = `${select} for update`;

/** By code, those that exist. Locked in one order, so that two batches never wait for each other. */
export async function findCodes(
  tx: Transaction,
  codes: readonly string[],
  { lock }: { lock: boolean },
): Promise<ReadonlyMap<string, CodeRow>> {
  const rows = await tx.query<CodeRow>(lock ? selectLocked : select, [tx.storeId, codes]);
  return new Map(rows.map((row) => [row.code, row]));
}

export const discountCodeOf = (row: CodeRow): DiscountCode => ({
  id: row.id,
  code: row.code,
  effect: effectIn(row.effect),
  currency: row.currency ?? undefined,
  conditions: row.conditions ? conditionsIn(row.conditions) : undefined,
  stackable: row.stackable,
  startsAt: row.startsAt?.getTime(),
  endsAt: row.endsAt?.getTime(),
});
