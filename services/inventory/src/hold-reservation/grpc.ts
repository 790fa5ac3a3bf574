import {
  type HoldRequest,
  type HoldResponse,
  ReservationState,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import type { GrpcCall } from '@tradewind/service/grpc-server.ts';
import { requireReservation } from '#stock/require.ts';
import type { Reservation } from '#stock/stock.ts';
import { idIn } from '#stock/wire.ts';
import type { InventoryStore, StockCommand } from '#store.ts';
import { holdReservation } from './decide.ts';

export const holdOverGrpc =
  ({ store }: { readonly store: InventoryStore }) =>
  async (request: HoldRequest, { context, deadline }: GrpcCall): Promise<HoldResponse> => {
    const id = idIn(request.reservationId, 'reservation_id');
    const expiresAt = request.expiresAt ?? null;
    const command: StockCommand<Reservation> = {
      touches: { reservation: id, existing: true },
      decide: (stock, now) => holdReservation(stock, { reservationId: id, expiresAt }, now),
      reply: (stock) => requireReservation(stock, id),
    };
    const reservation = await store.handle(command, { context, deadline });
    return {
      reservationId: id,
      state: ReservationState[reservation.state],
      expiresAt: reservation.expiresAt ?? undefined,
    };
  };
