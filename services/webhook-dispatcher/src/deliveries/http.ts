import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { z } from 'zod';
import { deliveryStatus, idParams, pageQuery, reading } from '#input.ts';
import { type DeliveryFilter, listDeliveries } from './query.ts';
import { deliveryPage, viewOf } from './view.ts';

const filtered = pageQuery.extend({ status: deliveryStatus.optional() });
const position = z.string().regex(/^\d{1,18}$/);
const refusals = { 400: problem, 401: problem, 403: problem };
const tags = ['webhook deliveries'];
const below = '/api/v1/webhooks/subscriptions/:id';

type Query = z.infer<typeof filtered>;

export function registerDeliveries(app: HttpApp, db: Database): void {
  async function page(
    storeId: string,
    { limit, cursor, status }: Query,
    which: Pick<DeliveryFilter, 'subscriptionId' | 'undelivered'>,
  ): Promise<z.infer<typeof deliveryPage>> {
    const from = cursor === undefined ? undefined : BigInt(decodeCursor(cursor, position));
    const found = await listDeliveries(db, storeId, { ...which, status, from, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const nextCursor = found.length > limit ? encodeCursor(String(shown.at(-1)?.seq)) : null;
    return { items: shown.map(viewOf), nextCursor };
  }

  app.get(
    `${below}/deliveries`,
    {
      config: reading,
      schema: {
        ...{
          tags,
          summary: 'What was sent to an endpoint, newest first',
          params: idParams,
          querystring: filtered,
        },
        response: { 200: deliveryPage, ...refusals, 404: problem },
      },
    },
    (request) => {
      const subscriptionId = request.params.id;
      return page(principalOf(request).storeId, request.query, { subscriptionId, undelivered: false });
    },
  );
  app.get(
    `${below}/undelivered`,
    {
      config: reading,
      schema: {
        ...{
          tags,
          summary: 'What an endpoint does not have yet, oldest first',
          params: idParams,
          querystring: filtered,
        },
        response: { 200: deliveryPage, ...refusals, 404: problem },
      },
    },
    (request) => {
      const subscriptionId = request.params.id;
      return page(principalOf(request).storeId, request.query, { subscriptionId, undelivered: true });
    },
  );
  app.get(
    '/api/v1/webhooks/undelivered',
    {
      config: reading,
      schema: {
        ...{
          tags,
          summary: `What the tenant's endpoints do not have yet, oldest first`,
          querystring: filtered,
        },
        response: { 200: deliveryPage, ...refusals },
      },
    },
    (request) =>
      page(principalOf(request).storeId, request.query, { subscriptionId: undefined, undelivered: true }),
  );
}
