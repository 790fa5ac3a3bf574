import {
  type ReleaseRequest,
  type ReleaseResponse,
  ReservationState,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import type { GrpcCall } from '@tradewind/service/grpc-server.ts';
import { idIn } from '#stock/wire.ts';
import type { InventoryStore } from '#store.ts';
import { releaseCommand } from './command.ts';

export const releaseOverGrpc =
  ({ store }: { readonly store: InventoryStore }) =>
  async (request: ReleaseRequest, { principal, context, deadline }: GrpcCall): Promise<ReleaseResponse> => {
    const reservation = idIn(request.reservationId, 'reservation_id');
    const byHand = !principal.roles.includes('SERVICE');
    const command = releaseCommand(reservation, request.reason || null, byHand);
    const { reservationId, state } = await store.handle(command, { context, deadline });
    return { reservationId, state: ReservationState[state] };
  };
