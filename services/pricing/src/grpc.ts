import { PricingService } from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { type GrpcHandlers, type GrpcServer, grpcServer } from '@tradewind/service/grpc-server.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { TokenVerifier } from '@tradewind/service/tokens.ts';
import { releaseOverGrpc } from '#hold-codes/grpc.ts';
import type { OrderCodes } from '#hold-codes/order-codes.ts';
import { type ResolveDeps, resolveOverGrpc } from '#resolve-prices/grpc.ts';

export interface GrpcDeps extends ResolveDeps {
  readonly codes: OrderCodes;
}

/** The gRPC surface: for services only, as it holds codes and prices for any customer. */
export function pricingGrpc(
  deps: GrpcDeps,
  options: {
    readonly host: string;
    readonly port: number;
    readonly tokens: TokenVerifier;
    readonly log: Logger;
  },
): GrpcServer {
  const handlers: GrpcHandlers<PricingService> = {
    resolveBatch: { access: ['SERVICE'], permission: 'pricing:read', handle: resolveOverGrpc(deps) },
    releaseCodes: { access: ['SERVICE'], permission: 'pricing:write', handle: releaseOverGrpc(deps.codes) },
  };
  return grpcServer({ ...options, definition: PricingService, handlers });
}
