import type { AuditTrail } from '#audit-log/append.ts';
import { on } from '@tradewind/outbox/reaction.ts';

/** What a device may report before nobody believes it: who sets this decides what reaches the stock. */
export const onDeviceRulesChanged = on(
  'ecommerce.inventory.device_rules.changed.v1',
  'identity.on-device-rules-changed',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const {
        rulesId,
        changedBy,
        maxAbsDelta,
        maxChangePerMinute,
        maxSkewSeconds,
        maxParkedInARow,
        maxGaps,
      } = event.payload;
      const rules = { maxAbsDelta, maxChangePerMinute, maxSkewSeconds, maxParkedInARow, maxGaps };
      return audit.record(event, inbox, {
        actor: changedBy,
        action: 'device_rules.changed',
        resource: `device_rules:${rulesId}`,
        details: Object.fromEntries(
          Object.entries(rules).map(([name, limit]) => [name, limit === null ? null : String(limit)]),
        ),
      });
    },
);
