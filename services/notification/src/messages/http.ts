import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { isStaff, recipientFor } from '#access.ts';
import { notificationError } from '#errors.ts';
import { id, pageQuery, recipient } from '#input.ts';
import { channelNames } from './kinds.ts';
import { type NotificationQueries, statuses } from './queries.ts';
import type { Retried, RetryDelivery } from './retry-delivery.ts';
import { notificationView, shown } from './view.ts';

const tags = ['notifications'];
const url = '/api/v1/notifications';
const reading = { access: 'authenticated', permission: 'notifications:read' } as const;

const listQuery = z.strictObject({
  ...pageQuery,
  recipient: recipient.optional().meta({
    description: 'A customer id or `store:<id>`; everybody unless said, for customers they themselves.',
  }),
  resource: z
    .string()
    .max(220)
    .optional()
    .meta({ description: '`order:<id>`, `cart:<id>`, `stock:<sku>`, `webhook:<id>`' }),
  status: z.enum(statuses).optional().meta({ description: 'With a delivery in this state.' }),
  channel: z.enum(channelNames).optional(),
});

const retryView = z
  .object({ deliveryId: z.string(), notificationId: z.string(), status: z.enum(statuses) })
  .meta({ id: 'RetriedDelivery' });

/** What was told to whom, and how far it came. */
export function registerNotifications(
  app: HttpApp,
  queries: NotificationQueries,
  retry: RetryDelivery,
): void {
  app.route({
    method: 'GET',
    url,
    config: reading,
    schema: {
      tags,
      summary: 'Notifications, the newest first; customers see their own',
      querystring: listQuery,
      response: {
        200: z.object({ items: z.array(notificationView), nextCursor: z.string().nullable() }),
        400: problem,
        404: problem,
      },
    },
    async handler(request) {
      const principal = principalOf(request);
      const { limit, cursor, recipient: named, ...filter } = request.query;
      const everybody = named === undefined && isStaff(principal);
      const rows = await queries.list(principal.storeId, {
        ...{ status: undefined, channel: undefined, resource: undefined, ...filter },
        recipient: everybody ? undefined : recipientFor(principal, named),
        before: cursor === undefined ? undefined : decodeCursor(cursor, z.uuid()),
        limit: limit + 1,
      });
      const page = rows.slice(0, limit);
      const nextCursor = rows.length > limit ? encodeCursor(page.at(-1)?.notificationId) : null;
      return { items: page.map(shown), nextCursor };
    },
  });
  app.route({
    method: 'GET',
    url: `${url}/:notificationId`,
    config: reading,
    schema: {
      tags,
      summary: 'A notification with its deliveries',
      params: z.object({ notificationId: id }),
      response: { 200: notificationView, 404: problem },
    },
    async handler(request) {
      const principal = principalOf(request);
      const found = await queries.find(principal.storeId, request.params.notificationId);
      if (!found || (found.recipient !== principal.sub && !isStaff(principal))) {
        throw notificationError('NOTIFICATION_NOT_FOUND');
      }
      return shown(found);
    },
  });
  app.route({
    method: 'POST',
    url: `${url}/:notificationId/deliveries/:deliveryId/retry`,
    config: { access: ['MERCHANT', 'ADMIN'], permission: 'notifications:write', idempotency: 'accepted' },
    schema: {
      tags,
      summary: 'Try a failed delivery again, from the first try on',
      params: z.object({ notificationId: id, deliveryId: id }),
      response: { 202: retryView, 404: problem, 409: problem },
    },
    async handler(request, reply) {
      const { notificationId, deliveryId } = request.params;
      const answer = replying(request, (it: Retried) => ({ status: 202, body: JSON.stringify(it) }));
      const retried = await retry(principalOf(request).storeId, notificationId, deliveryId, answer);
      return reply.code(202).send(retried);
    },
  });
}
