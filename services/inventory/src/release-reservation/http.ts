import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { reservationParams } from '#stock/input.ts';
import { reservationBody, reservationOf } from '#stock/representation.ts';
import type { InventoryStore } from '#store.ts';
import { releaseCommand } from './command.ts';

export function registerReleaseReservation(app: HttpApp, store: InventoryStore): void {
  app.delete(
    '/api/v1/reservations/:id',
    {
      config: {
        access: ['MERCHANT', 'ADMIN', 'SERVICE'],
        permission: 'inventory:write',
        admission: 'always',
      },
      schema: {
        tags: ['reservations'],
        summary:
          'Give the pieces back; confirmed ones return to the stock on hand, unless an order has bought them',
        params: reservationParams,
        response: { 200: reservationBody, 401: problem, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request) => {
      const { storeId } = principalOf(request);
      const command = releaseCommand(request.params.id, null, true);
      return reservationOf(await store.handle(command, { context: contextOf(request, storeId) }));
    },
  );
}
