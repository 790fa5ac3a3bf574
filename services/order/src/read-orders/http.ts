import { formatAmount } from '@tradewind/kernel/money.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { asOf, endOfPast } from '@tradewind/service/as-of.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import type { Principal } from '@tradewind/service/principal.ts';
import { problem } from '@tradewind/service/problem.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import { cutList, wholeListOf, wholeListQuery } from '@tradewind/service/whole-list.ts';
import { z } from 'zod';
import { isStaff, visibleTo } from '#access.ts';
import { orderError } from '#errors.ts';
import { orderView, viewOf } from '#order/view.ts';
import { ordersByCustomer } from '#projections/orders-by-customer.ts';
import { countBefore } from './as-of.ts';
import type { CustomerOrders } from './customer-orders.ts';
import type { OrderQueries, StoredOrder } from './queries.ts';

const params = z.object({ orderId: z.string().min(1).max(100) });
const everybody = ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE'] as const;

const listQuery = z.strictObject({
  customer: z
    .string()
    .min(1)
    .max(200)
    .default('me')
    .meta({ description: '`me`, or for staff a customer id' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

const listItem = z.object({
  orderId: z.string(),
  status: z.string(),
  userId: z.string(),
  totalAmount: z.string(),
  currency: z.string(),
  itemCount: z.int(),
  items: z.array(z.object({ productId: z.string(), qty: z.int(), price: z.string() })),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

const statusChange = z.object({ version: z.int(), status: z.string(), at: z.iso.datetime() });

/** Reads of orders: one from the write model's rows, a customer's list from the orders_by_customer projection. */
export function registerReadOrders(app: HttpApp, queries: OrderQueries, ordersOf: CustomerOrders): void {
  async function visible(principal: Principal, orderId: string): Promise<StoredOrder> {
    return visibleTo(principal, await queries.order(principal.storeId, orderId));
  }

  app.route({
    method: 'GET',
    url: '/api/v1/orders/:orderId',
    config: { access: everybody, permission: 'orders:read' },
    schema: {
      tags: ['orders'],
      summary: 'One order, as it is or as it was',
      params,
      querystring: z.object({ asOf }),
      response: { 200: orderView, 400: problem, 404: problem },
    },
    async handler(request, reply) {
      const principal = principalOf(request);
      const order = await visible(principal, request.params.orderId);
      const time = request.query.asOf;
      if (time !== undefined) {
        const past = await queries.orderBefore(principal.storeId, order.orderId, endOfPast(time));
        if (!past) throw orderError('ORDER_NOT_FOUND');
        return viewOf(past, past.version);
      }
      return reply.header('etag', `"${order.version}"`).send(viewOf(order, order.version));
    },
  });

  app.route({
    method: 'GET',
    url: '/api/v1/orders',
    config: { access: everybody, permission: 'orders:read', reads: ordersByCustomer },
    schema: {
      tags: ['orders'],
      summary: "A customer's orders, newest first",
      querystring: listQuery,
      response: {
        200: z.object({ items: z.array(listItem), nextCursor: z.string().nullable() }),
        400: problem,
      },
    },
    async handler(request) {
      const principal = principalOf(request);
      const { customer, limit, cursor } = request.query;
      const userId = customer === 'me' ? principal.sub : customer;
      if (userId !== principal.sub && !isStaff(principal)) throw orderError('FORBIDDEN');
      const before = cursor === undefined ? undefined : decodeCursor(cursor, z.string());
      const rows = await ordersOf(principal.storeId, userId, limit + 1, before);
      const page = rows.slice(0, limit);
      return {
        items: page.map((row) => ({
          orderId: row.order_id,
          status: row.status,
          userId: row.user_id,
          totalAmount: formatAmount(BigInt(row.total_minor), row.currency),
          currency: row.currency,
          itemCount: row.item_count,
          items: row.items.map(({ productId, qty, price_minor }) => ({
            productId,
            qty,
            price: formatAmount(BigInt(price_minor), row.currency),
          })),
          version: row.version,
          createdAt: row.created_at,
          updatedAt: row.updated_at,
        })),
        nextCursor: rows.length > limit ? encodeCursor(page.at(-1)?.order_id) : null,
      };
    },
  });

  app.route({
    method: 'GET',
    url: '/api/v1/orders/:orderId/history',
    config: { access: everybody, permission: 'orders:read' },
    schema: {
      tags: ['orders'],
      summary: 'The statuses an order went through, all or those until a time',
      params,
      querystring: wholeListQuery.extend({ asOf }),
      response: { 200: wholeListOf(statusChange), 400: problem, 404: problem },
    },
    async handler(request) {
      const principal = principalOf(request);
      const { orderId } = request.params;
      await visible(principal, orderId);
      const items = (await queries.history(principal.storeId, [orderId])).get(orderId) ?? [];
      const time = request.query.asOf;
      if (time === undefined) return cutList(items, request.query);
      const times = items.map(({ at }) => ({ at: new Date(at) }));
      const past = items.slice(0, countBefore(times, endOfPast(time)));
      if (past.length === 0) throw orderError('ORDER_NOT_FOUND');
      return cutList(past, request.query);
    },
  });

  app.route({
    method: 'GET',
    url: '/api/v1/orders/:orderId/events',
    config: { access: ['ADMIN'], permission: 'orders:audit' },
    schema: {
      tags: ['orders'],
      summary: "The order's event stream",
      params,
      querystring: wholeListQuery,
      response: { 200: wholeListOf(z.unknown()), 400: problem, 404: problem },
    },
    async handler(request) {
      const principal = principalOf(request);
      await visible(principal, request.params.orderId);
      const events = await queries.events(principal.storeId, request.params.orderId);
      return cutList(events, request.query);
    },
  });
}
