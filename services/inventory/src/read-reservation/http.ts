import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { inventoryError } from '#errors.ts';
import { reservationParams } from '#stock/input.ts';
import { reservationBody, reservationOf } from '#stock/representation.ts';
import { readReservations } from '#stock-load.ts';

export function registerReadReservation(app: HttpApp, db: Database): void {
  app.get(
    '/api/v1/reservations/:id',
    {
      config: { access: ['MERCHANT', 'ADMIN', 'SERVICE'], permission: 'inventory:read' },
      schema: {
        tags: ['reservations'],
        summary: 'A reservation and what became of it',
        params: reservationParams,
        response: { 200: reservationBody, 401: problem, 403: problem, 404: problem },
      },
    },
    async (request) => {
      const tenant = principalOf(request).storeId;
      const [reservation] = await db.transaction(tenant, (tx) => readReservations(tx, [request.params.id]));
      if (!reservation) throw inventoryError('RESERVATION_NOT_FOUND');
      return reservationOf(reservation);
    },
  );
}
