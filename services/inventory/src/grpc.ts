import { status } from '@grpc/grpc-js';
import { InventoryService } from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import type { StatusByCode } from '@tradewind/service/grpc-errors.ts';
import { type GrpcHandlers, type GrpcServer, grpcServer } from '@tradewind/service/grpc-server.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { TokenVerifier } from '@tradewind/service/tokens.ts';
import { confirmOverGrpc } from '#confirm-reservation/grpc.ts';
import { holdOverGrpc } from '#hold-reservation/grpc.ts';
import type { ReservationMetrics } from '#metrics.ts';
import { queryBatchOverGrpc, queryOverGrpc } from '#read-stock/grpc.ts';
import type { StockQueries } from '#read-stock/queries.ts';
import { releaseOverGrpc } from '#release-reservation/grpc.ts';
import { reserveBatchOverGrpc, reserveOverGrpc } from '#reserve-stock/grpc.ts';
import type { AvailableOf } from '#stock-levels/available.ts';
import type { InventoryStore } from '#store.ts';

export interface GrpcDeps {
  readonly store: InventoryStore;
  readonly queries: StockQueries;
  readonly available: AvailableOf;
  readonly metrics: ReservationMetrics;
  readonly ttlMs: number;
}

const writers = ['SERVICE', 'ADMIN', 'MERCHANT'] as const;
const statuses: StatusByCode = { RESERVATION_MISMATCH: status.ALREADY_EXISTS };

/** The gRPC surface: every method with who may call it. */
export function inventoryGrpc(
  deps: GrpcDeps,
  options: {
    readonly host: string;
    readonly port: number;
    readonly tokens: TokenVerifier;
    readonly log: Logger;
  },
): GrpcServer {
  const reserving = { ...deps, statuses };
  const handlers: GrpcHandlers<InventoryService> = {
    reserveStock: { access: writers, permission: 'inventory:write', handle: reserveOverGrpc(reserving) },
    reserveStockBatch: {
      access: writers,
      permission: 'inventory:write',
      handle: reserveBatchOverGrpc(reserving),
    },
    releaseStock: { access: writers, permission: 'inventory:write', handle: releaseOverGrpc(deps) },
    confirmReservation: { access: writers, permission: 'inventory:write', handle: confirmOverGrpc(deps) },
    holdReservation: { access: writers, permission: 'inventory:write', handle: holdOverGrpc(deps) },
    queryStock: { access: 'authenticated', permission: 'inventory:read', handle: queryOverGrpc(deps) },
    queryStockBatch: {
      access: 'authenticated',
      permission: 'inventory:read',
      handle: queryBatchOverGrpc(deps),
    },
  };
  return grpcServer({ ...options, definition: InventoryService, handlers, statuses });
}
