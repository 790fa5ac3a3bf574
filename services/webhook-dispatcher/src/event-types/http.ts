import { type AnyEvent, eventDefinitions } from '@tradewind/contracts/event.ts';
import { toJson } from '@tradewind/contracts/json.ts';
import { sampleEvent } from '@tradewind/contracts/sample-event.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { cutList, wholeListOf, wholeListQuery } from '@tradewind/service/whole-list.ts';
import { z } from 'zod';
import { reading } from '#input.ts';
import { deliverableTypes } from '#subscriptions/event-filter.ts';

const view = z
  .object({
    eventType: z.string(),
    description: z.string(),
    schemaVersion: z.string(),
    resource: z.string().meta({ description: 'the field of the payload whose events stay in order' }),
    example: z.record(z.string(), z.unknown()).meta({ description: 'a body as it is sent' }),
  })
  .meta({ id: 'WebhookEventType' });
const page = wholeListOf(view).meta({ id: 'WebhookEventTypes' });

/** Written as deliveries are, so that examples can't differ from what is sent; version and key are those of the type. */
const catalogue = deliverableTypes.map((eventType) => {
  const { schema, schemaVersion, key, payload } = eventDefinitions[eventType];
  const sample = toJson(sampleEvent(schema) as AnyEvent) as { payload: Record<string, unknown> };
  const example = { ...sample, schemaVersion, partitionKey: sample.payload[key] };
  return { eventType, description: payload.doc ?? '', schemaVersion, resource: key, example };
});

export function registerEventTypes(app: HttpApp): void {
  app.get(
    '/api/v1/webhooks/event-types',
    {
      config: reading,
      schema: {
        tags: ['webhook subscriptions'],
        summary: 'Every event that can be subscribed to, with an example of its body',
        querystring: wholeListQuery,
        response: { 200: page, 400: problem, 401: problem, 403: problem },
      },
    },
    async ({ query }) => cutList(catalogue, query),
  );
}
