import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { reservationParams } from '#stock/input.ts';
import { reservationBody, reservationOf } from '#stock/representation.ts';
import type { Reservation } from '#stock/stock.ts';
import type { InventoryStore } from '#store.ts';
import { confirmCommand } from './command.ts';

export function registerConfirmReservation(app: HttpApp, store: InventoryStore): void {
  app.post(
    '/api/v1/reservations/:id/confirm',
    {
      config: {
        access: ['MERCHANT', 'ADMIN', 'SERVICE'],
        permission: 'inventory:write',
        idempotency: 'accepted',
        admission: 'always',
      },
      schema: {
        tags: ['reservations'],
        summary: 'Sell what is held: the pieces leave the stock',
        params: reservationParams,
        response: {
          200: reservationBody,
          400: problem,
          401: problem,
          403: problem,
          404: problem,
          409: problem,
        },
      },
    },
    async (request) => {
      const { storeId } = principalOf(request);
      const reservation = await store.handle(confirmCommand(request.params.id), {
        context: contextOf(request, storeId),
        ...replying(request, (after: Reservation) => ({
          status: 200,
          body: JSON.stringify(reservationOf(after)),
        })),
      });
      return reservationOf(reservation);
    },
  );
}
