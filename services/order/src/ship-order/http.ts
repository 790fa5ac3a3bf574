import { newId } from '@tradewind/kernel/ids.ts';
import type { Versioned } from '@tradewind/outbox/command-store.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { carrierCodes } from '#carriers/carrier.ts';
import { orderError } from '#errors.ts';
import { carryOutShipment, type ShipDeps } from '#fulfilment/shipment.ts';
import { expectedVersion } from '#order/expected-version.ts';
import { existing, type MaybeOrder } from '#order/order.ts';
import { itemsBody, shipmentView, viewOfShipment } from '#order/part-views.ts';
import { requestShipment } from './decide.ts';

const body = z
  .strictObject({
    carrier: z
      .string()
      .transform((name) => name.toUpperCase())
      .pipe(z.enum(carrierCodes)),
    items: itemsBody.optional().meta({ description: 'Picked pieces; all that are still here, unless said' }),
    expectedVersion,
  })
  .meta({
    example: { carrier: 'DHL', items: [{ productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', qty: 1 }] },
  });

/** `POST /orders/{id}/shipments`: note → buy the label → record. A carrier that is away is asked again: 202. */
export function registerShipOrder(app: HttpApp, deps: ShipDeps & { readonly waitMs: number }): void {
  app.route({
    method: 'POST',
    url: '/api/v1/orders/:orderId/shipments',
    config: { access: ['MERCHANT', 'ADMIN'], permission: 'orders:fulfill', idempotency: 'accepted' },
    schema: {
      tags: ['orders'],
      summary: 'Send picked pieces by a carrier',
      params: z.object({ orderId: z.string().min(1).max(100) }),
      body,
      response: {
        ...{ 201: shipmentView, 202: shipmentView },
        ...{ 404: problem, 409: problem, 422: problem },
      },
    },
    async handler(request, reply) {
      const { sub: actor, storeId } = principalOf(request);
      const { carrier, items } = request.body;
      const expected = expectedVersionOf(request);
      const context = contextOf(request, storeId);
      const shipmentId = newId();
      const viewIn = ({ state }: Versioned<MaybeOrder>) => {
        const order = existing(state);
        const shipment = order.shipments.find((one) => one.shipmentId === shipmentId);
        if (!shipment) throw orderError('ORDER_STREAM_BROKEN');
        return viewOfShipment(order.orderId, shipment);
      };
      const requested = await deps.orders.handle(
        request.params.orderId,
        (order, { now }) =>
          requestShipment(order, {
            ...{ shipmentId, carrier, actor, items, now, expectedVersion: expected },
          }),
        {
          context,
          ...replying(request, (after) => ({ status: 202, body: JSON.stringify(viewIn(after)) })),
        },
      );
      failpoint('ship.requested');
      const done = await carryOutShipment(deps, existing(requested.state), shipmentId, {
        context,
        withinMs: deps.waitMs,
      });
      const view = viewIn(done ?? requested);
      if (view.status === 'FAILED') {
        throw orderError('CARRIER_REFUSED', { details: { shipmentId, reason: view.refusal } });
      }
      return reply.code(view.status === 'REQUESTED' ? 202 : 201).send(view);
    },
  });
}
