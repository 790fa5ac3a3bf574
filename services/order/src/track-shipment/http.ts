import { newId } from '@tradewind/kernel/ids.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { carrierCodes } from '#carriers/carrier.ts';
import { orderError } from '#errors.ts';
import { noteTracking, type TrackDeps } from '#fulfilment/tracking.ts';

/** `POST /orders/carrier-callbacks/{carrier}`: a carrier tells where a parcel is. Its signature is its token. */
export function registerTrackShipment(app: HttpApp, deps: TrackDeps): void {
  app.register(async (scope) => {
    // The signature is over the bytes as they came, and not every carrier speaks JSON.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
    scope.route({
      method: 'POST',
      url: '/api/v1/orders/carrier-callbacks/:carrier',
      config: { access: 'public', admission: 'always' },
      schema: {
        tags: ['carriers'],
        summary: "A carrier's callback, signed by it",
        params: z.object({ carrier: z.string().min(1).max(20) }),
        consumes: ['*/*'],
        body: z.unknown().meta({ description: 'As the carrier writes it' }),
        response: { 204: z.null(), 400: problem, 404: problem },
      },
      async handler(request, reply) {
        const { carrier: name } = request.params as { readonly carrier: string };
        const code = carrierCodes.find((one) => one === name.toUpperCase());
        const carrier = code && deps.carriers.get(code);
        if (!carrier) throw orderError('CARRIER_NOT_FOUND');
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const told = carrier.verifyCallback(request.headers, bytes);
        if (told.kind === 'REFUSED') throw orderError('CALLBACK_REFUSED', { details: { reason: told.code } });
        const { trackingNumber, events } = told.value;
        const shipment = await deps.book.find(carrier.code, trackingNumber);
        // Ours, but not recorded yet: the next question to the carrier tells the same.
        if (shipment) {
          const { storeId, orderId, shipmentId } = shipment;
          const context = { storeId, correlationId: newId(), causationId: null };
          await noteTracking(deps, orderId, shipmentId, events, context);
        }
        return reply.code(204).send(null);
      },
    });
  });
}
