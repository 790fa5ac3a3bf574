import type {
  ReleaseCodesRequest,
  ReleaseCodesResponse,
} from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import type { GrpcCall } from '@tradewind/service/grpc-server.ts';
import { idIn } from '#resolve-prices/wire.ts';
import type { OrderCodes } from './order-codes.ts';

export const releaseOverGrpc =
  (codes: OrderCodes) =>
  async ({ orderId }: ReleaseCodesRequest, { principal }: GrpcCall): Promise<ReleaseCodesResponse> => {
    await codes.over(principal.storeId, idIn(orderId, 'order_id'));
    return {};
  };
