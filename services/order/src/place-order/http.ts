import { metrics } from '@opentelemetry/api';
import { newId } from '@tradewind/kernel/ids.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { isCurrency } from '@tradewind/kernel/money.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { hasRole, type Principal, SEGMENT } from '@tradewind/service/principal.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { orderError } from '#errors.ts';
import type { Inventory } from '#inventory.ts';
import { existing } from '#order/order.ts';
import { orderView, viewOf } from '#order/view.ts';
import type { Prices } from '#prices.ts';
import type { OrderStore } from '#store.ts';
import { placeOrder } from './decide.ts';

const body = z
  .strictObject({
    items: z
      .array(z.strictObject({ productId: z.string().min(1).max(200), qty: z.int().min(1).max(1_000_000) }))
      .min(1)
      .max(200),
    currency: z.string().refine(isCurrency, 'not an ISO 4217 currency').optional(),
    shippingAddress: z.record(z.string().max(50), z.string().max(500)).optional(),
    discountCodes: z.array(z.string().min(1).max(100)).max(10).optional(),
    userId: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'whose order it is: for services that act for a customer, refused from others' }),
    segment: z.string().regex(SEGMENT).optional().meta({
      description: "the customer's, from services that act for one; from others only the token counts",
    }),
  })
  .meta({
    example: {
      items: [{ productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', qty: 2 }],
      currency: 'USD',
      shippingAddress: { line1: '1 Harbour Street', city: 'Lisbon', postalCode: '1100-001', country: 'PT' },
    },
  });

/** What is held outlives the order's time to pay, so that the order closes first. */
const HOLD_GRACE_MS = 60_000;

export interface PlaceOrderDeps {
  readonly orders: OrderStore;
  readonly prices: Prices;
  readonly inventory: Inventory;
  readonly payWithinMs: number;
}

const locationOf = ({ orderId }: { orderId: string }): string => `/api/v1/orders/${orderId}`;

/**
 * `POST /orders`: price → reserve → store. Codes and stock are held under the new order's id before the order is stored,
 * so a crash in between leaves holds that lapse by themselves, never an order without stock.
 */
export function registerPlaceOrder(
  app: HttpApp,
  { orders, prices, inventory, payWithinMs }: PlaceOrderDeps,
): void {
  const meter = metrics.getMeter('tradewind.order');
  const created = meter.createCounter('orders_created_total', { description: 'Orders accepted' });
  created.add(0);
  const latency = meter.createHistogram('order_creation_latency_ms', {
    description: 'Time from the request to the stored order',
    unit: 'ms',
    advice: { explicitBucketBoundaries: [2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000] },
  });

  app.route({
    method: 'POST',
    url: '/api/v1/orders',
    config: {
      access: ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE'],
      permission: 'orders:write',
      idempotency: 'required',
      locationOf,
    },
    schema: {
      tags: ['orders'],
      summary: 'Place an order',
      body,
      headers: z.looseObject({ 'idempotency-key': z.string().optional() }),
      response: { 201: orderView, 400: problem, 403: problem, 409: problem, 422: problem, 503: problem },
    },
    async handler(request, reply) {
      const started = performance.now();
      const principal = principalOf(request);
      const { storeId } = principal;
      const userId = ownerOf(principal, request.body.userId);
      const segment = segmentOf(principal, request.body.segment);
      const { items, currency: wantedCurrency, shippingAddress, discountCodes = [] } = request.body;
      const codes = [...new Set(discountCodes)];
      const context = contextOf(request, storeId);
      const orderId = newId();
      const ttlSeconds = Math.ceil((payWithinMs + HOLD_GRACE_MS) / 1_000);
      const { lines, currency, discount, rules } = await prices.resolve(
        { orderId, userId, segment, lines: items, currency: wantedCurrency, codes, ttlSeconds },
        context,
      );
      failpoint('place.priced');
      const giveCodesBack = (): void => {
        if (codes.length > 0) void prices.release(orderId, context).catch(() => undefined);
      };
      try {
        await inventory.reserve({ reservationId: orderId, orderId, lines, ttlSeconds }, context);
      } catch (error) {
        giveCodesBack();
        throw error;
      }
      failpoint('place.reserved');
      const pricing = { discount, codes, rules };
      const stored = orders.handle(
        orderId,
        (order, { now }) =>
          placeOrder(order, {
            ...{ orderId, userId, currency, lines, pricing, now, payWithinMs },
            reservationId: orderId,
          }),
        {
          context,
          create: true,
          beside: { ...(shippingAddress && { shippingAddress }), ...(segment && { segment }) },
          ...replying(request, ({ state, version }) => ({
            status: 201,
            body: JSON.stringify(viewOf(existing(state), version)),
          })),
        },
      );
      const { state, version } = await stored.catch((error: unknown) => {
        // Where the database did not answer the order may exist: what it holds then stays until it lapses.
        const certain = !isDomainError(error) || error.kind !== 'unavailable';
        if (certain) {
          void inventory.release(orderId, 'order not stored', context).catch(() => undefined);
          giveCodesBack();
        }
        throw error;
      });
      created.add(1);
      latency.record(performance.now() - started);
      return reply
        .code(201)
        .header('location', locationOf({ orderId }))
        .header('etag', `"${version}"`)
        .send(viewOf(existing(state), version));
    },
  });
}

/** Only another service may order for somebody else: a shopper's request names nobody but its sender (ADR 0021). */
function ownerOf(principal: Principal, named: string | undefined): string {
  if (named === undefined || named === principal.sub) return principal.sub;
  if (!hasRole(principal, 'SERVICE')) {
    throw orderError('FORBIDDEN', { message: 'only a service may order for somebody else' });
  }
  return named;
}

/** As with the owner: a service tells the one of its customer's token, everybody else has one or none. */
function segmentOf(principal: Principal, named: string | undefined): string | undefined {
  if (named === undefined || named === principal.segment) return principal.segment;
  if (!hasRole(principal, 'SERVICE')) {
    throw orderError('FORBIDDEN', { message: 'only a service may order for another segment' });
  }
  return named;
}
