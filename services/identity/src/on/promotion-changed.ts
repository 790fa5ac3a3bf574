import { on } from '@tradewind/outbox/reaction.ts';
import type { AuditTrail } from '#audit-log/append.ts';

/** A promotion, discount code, price list or currency rate: what people pay follows from it. */
export const onPromotionChanged = on(
  'ecommerce.pricing.promotion.changed.v1',
  'identity.on-promotion-changed',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { promotionId, kind, name, action, changedBy } = event.payload;
      const what = kind.toLowerCase();
      return audit.record(
        event,
        inbox,
        changedBy === null
          ? undefined
          : {
              actor: changedBy,
              action: `${what}.${action.toLowerCase()}`,
              resource: `${what}:${promotionId}`,
              details: { name },
            },
      );
    },
);
