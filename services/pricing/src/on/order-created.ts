import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { PayloadOf } from '@tradewind/contracts/event.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import type { AppliedPromotion } from '#hold-codes/applied-promotions.ts';
import type { OrderCodes } from '#hold-codes/order-codes.ts';

type Created = PayloadOf<'ecommerce.order.order.created.v1'>;

/** The order exists: its codes stay held until it ends. A repeat changes nothing. */
export const onOrderCreated = on(
  'ecommerce.order.order.created.v1',
  'pricing.on-order-created',
  ({ codes }: { readonly codes: OrderCodes }) =>
    async ({ payload, storeId }) => {
      const applied = appliedIn(payload);
      if (applied.length === 0 && payload.discountCodes.length === 0) return;
      await codes.created(storeId, payload.orderId, applied);
    },
);

/** Each rule once, with what it lowered over all lines. Rules of the whole order are told by the order, not by its lines. */
function appliedIn({
  orderId,
  userId,
  currency,
  items,
  appliedRules,
  createdAt,
}: Created): AppliedPromotion[] {
  const byRule = new Map<string, AppliedPromotion>();
  for (const { kind, ruleId, name, amount } of [
    ...appliedRules,
    ...items.flatMap((item) => item.appliedRules),
  ]) {
    const key = `${kind} ${ruleId}`;
    const sum = (byRule.get(key)?.amount ?? 0n) + fromDecimal(amount, currency);
    byRule.set(key, {
      ...{ orderId, ruleId, kind, name, amount: sum, currency },
      ...{ customerId: userId, at: createdAt },
    });
  }
  return [...byRule.values()];
}
