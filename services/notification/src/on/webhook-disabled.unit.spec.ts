import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { Delivery } from '@tradewind/outbox/reaction.ts';
import { expect, it } from 'vitest';
import type { Notice } from '#messages/plan.ts';
import { onWebhookDisabled } from './webhook-disabled.ts';

it("a subscription that is disabled is told to its store, with the dispatcher's reason", async () => {
  const told: (Notice | undefined)[] = [];
  const handle = onWebhookDisabled.handle({
    tell: async (_event, _delivery, notice) => void told.push(notice),
  });
  const payload = { subscriptionId: 'S1', reason: 'GONE: it answered 410', failures: 3, failingSince: null };
  await handle({ storeId: 'STORE-7', payload } as unknown as AnyEvent, {} as Delivery);
  expect(told).toEqual([
    {
      ...{ kind: 'webhook-disabled', recipient: 'store:STORE-7', resource: 'webhook:S1' },
      values: { subscriptionId: 'S1', reason: 'GONE: it answered 410', failures: '3' },
    },
  ]);
});
