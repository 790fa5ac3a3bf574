import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { idParams, writing } from '#input.ts';
import type { Disclosed, SubscriptionStore } from '#subscriptions/store.ts';
import { disclosedOf, disclosedView } from '#subscriptions/view.ts';

export function registerRotateSecret(app: HttpApp, store: SubscriptionStore): void {
  app.post(
    '/api/v1/webhooks/subscriptions/:id/rotate-secret',
    {
      config: { ...writing, idempotency: 'accepted' },
      schema: {
        tags: ['webhook subscriptions'],
        summary: 'Sign with a new secret; the old one signs, too, for a day',
        params: idParams,
        response: {
          200: disclosedView,
          400: problem,
          401: problem,
          403: problem,
          404: problem,
          409: problem,
        },
      },
    },
    async (request, reply) => {
      const answer = replying(request, (one: Disclosed) => ({
        status: 200,
        body: JSON.stringify(disclosedOf(one)),
      }));
      const rotated = await store.rotate(principalOf(request).storeId, request.params.id, answer);
      void reply.header('etag', `"${rotated.subscription.version}"`);
      return disclosedOf(rotated);
    },
  );
}
