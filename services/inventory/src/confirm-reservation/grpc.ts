import {
  type ConfirmRequest,
  type ConfirmResponse,
  ReservationState,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import type { GrpcCall } from '@tradewind/service/grpc-server.ts';
import { idIn } from '#stock/wire.ts';
import type { InventoryStore } from '#store.ts';
import { confirmCommand } from './command.ts';

export const confirmOverGrpc =
  ({ store }: { readonly store: InventoryStore }) =>
  async (request: ConfirmRequest, { context, deadline }: GrpcCall): Promise<ConfirmResponse> => {
    const command = confirmCommand(idIn(request.reservationId, 'reservation_id'));
    const { reservationId, state } = await store.handle(command, { context, deadline });
    return { reservationId, state: ReservationState[state] };
  };
