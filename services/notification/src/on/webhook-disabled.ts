import { on } from '@tradewind/outbox/reaction.ts';
import { storeRecipient } from '#preferences/preferences.ts';
import type { Tell } from '#tell.ts';

/** Told to the store: nobody may be looking at a partner that hears nothing any more. */
export const onWebhookDisabled = on(
  'ecommerce.webhook.subscription.disabled.v1',
  'notification.on-webhook-disabled',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { subscriptionId, reason, failures } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'webhook-disabled', recipient: storeRecipient(event.storeId) },
        resource: `webhook:${subscriptionId}`,
        values: { subscriptionId, reason, failures: String(failures) },
      });
    },
);
