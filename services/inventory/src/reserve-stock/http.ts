import { newId } from '@tradewind/kernel/ids.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import * as input from '#stock/input.ts';
import { locationOf } from '#stock/location.ts';
import { reservationBody, reservationOf } from '#stock/representation.ts';
import type { Reservation } from '#stock/stock.ts';
import { reserveCommand } from './command.ts';
import type { ReserveDeps } from './grpc.ts';

const body = z
  .strictObject({
    qty: input.qty,
    reservationId: input.reservationId.optional(),
    expectedVersion: input.expectedVersion,
  })
  .meta({ id: 'NewReservation', example: { qty: 3 } });

const addressOf = ({ reservationId }: { reservationId: string }): string =>
  `/api/v1/reservations/${encodeURIComponent(reservationId)}`;

export function registerReserveStock(
  app: HttpApp,
  { store, metrics, ttlMs }: Omit<ReserveDeps, 'statuses'>,
): void {
  app.post(
    '/api/v1/stores/:storeId/inventory/:sku/reserve',
    {
      config: {
        access: ['MERCHANT', 'ADMIN', 'SERVICE'],
        permission: 'inventory:write',
        idempotency: 'accepted',
        locationOf: addressOf,
      },
      schema: {
        tags: ['reservations'],
        summary: 'Hold pieces of one stock; the same reservationId again answers the same reservation',
        params: input.stockParams,
        body,
        response: {
          201: reservationBody,
          400: problem,
          401: problem,
          403: problem,
          404: problem,
          409: problem,
        },
      },
    },
    async (request, reply) => {
      const tenant = principalOf(request).storeId;
      const { qty, reservationId = newId() } = request.body;
      const storeId = locationOf(tenant, request.params.storeId);
      const command = reserveCommand({
        reservationId,
        orderId: null,
        ttlMs,
        lines: [{ productId: undefined, sku: request.params.sku, storeId, qty }],
        expectedVersion: expectedVersionOf(request),
        mustExist: true,
      });
      const reservation = await metrics.counted(
        store.handle(command, {
          context: contextOf(request, tenant),
          ...replying(request, (after: Reservation) => ({
            status: 201,
            body: JSON.stringify(reservationOf(after)),
          })),
        }),
      );
      return reply.code(201).header('location', addressOf(reservation)).send(reservationOf(reservation));
    },
  );
}
