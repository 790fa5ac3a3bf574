import {
  type ReserveBatchRequest,
  type ReserveBatchResponse,
  type ReserveRequest,
  type ReserveResponse,
  type ReserveResult,
  ReservationState,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { toStatus } from '@tradewind/contracts/grpc-status.ts';
import { failureOf, type StatusByCode } from '@tradewind/service/grpc-errors.ts';
import type { GrpcCall } from '@tradewind/service/grpc-server.ts';
import { inventoryError } from '#errors.ts';
import type { ReservationMetrics } from '#metrics.ts';
import type { Reservation } from '#stock/stock.ts';
import { idIn, optionalIdIn } from '#stock/wire.ts';
import type { InventoryStore } from '#store.ts';
import { reserveCommand } from './command.ts';
import type { ReserveStock } from './decide.ts';
import { inOwnSpan } from './span.ts';

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const MAX_LINES = 200;
const MAX_BATCH = 256;
const MAX_QTY = 1_000_000;
const MAX_TTL_SECONDS = 30 * 24 * 3_600;

export interface ReserveDeps {
  readonly store: InventoryStore;
  readonly metrics: ReservationMetrics;
  /** Life of a reservation that does not say. */
  readonly ttlMs: number;
  readonly statuses: StatusByCode;
}

export const reserveOverGrpc =
  (deps: ReserveDeps) =>
  async (request: ReserveRequest, call: GrpcCall): Promise<ReserveResponse> =>
    toReply(await reserve(deps, request, call));

export const reserveBatchOverGrpc =
  (deps: ReserveDeps) =>
  async ({ requests }: ReserveBatchRequest, call: GrpcCall): Promise<ReserveBatchResponse> => {
    if (requests.length === 0 || requests.length > MAX_BATCH) {
      throw inventoryError('INVALID_REQUEST', { message: `requests: 1 to ${MAX_BATCH}` });
    }
    const outcomes = await Promise.allSettled(requests.map((request) => reserve(deps, request, call)));
    return {
      results: outcomes.map((outcome): ReserveResult => ({
        outcome:
          outcome.status === 'fulfilled'
            ? { $case: 'reserved', value: toReply(outcome.value) }
            : { $case: 'error', value: toStatus(failureOf(outcome.reason, deps.statuses)) },
      })),
    };
  };

async function reserve(deps: ReserveDeps, request: ReserveRequest, call: GrpcCall): Promise<Reservation> {
  const { store, metrics, ttlMs } = deps;
  const command = reserveCommand(commandIn(request, call.principal.storeId, ttlMs));
  const context = {
    ...call.context,
    ...(request.correlationId ? { correlationId: idIn(request.correlationId, 'correlation_id') } : {}),
  };
  const handle = (own: { traceparent?: string }): Promise<Reservation> =>
    metrics.counted(store.handle(command, { context: { ...context, ...own }, deadline: call.deadline }));
  if (!TRACEPARENT.test(request.traceparent)) return handle({});
  return inOwnSpan(request.traceparent, (traceparent) => handle({ traceparent }));
}

function commandIn(request: ReserveRequest, tenant: string, ttlMs: number): ReserveStock {
  const { lines, ttlSeconds } = request;
  if (lines.length === 0 || lines.length > MAX_LINES) {
    throw inventoryError('INVALID_REQUEST', { message: `lines: 1 to ${MAX_LINES}` });
  }
  if (ttlSeconds < 0 || ttlSeconds > MAX_TTL_SECONDS) {
    throw inventoryError('INVALID_REQUEST', { message: `ttl_seconds: 0 to ${MAX_TTL_SECONDS}` });
  }
  return {
    reservationId: idIn(request.reservationId, 'reservation_id'),
    orderId: optionalIdIn(request.orderId, 'order_id') ?? null,
    ttlMs: ttlSeconds > 0 ? ttlSeconds * 1_000 : ttlMs,
    lines: lines.map(({ productId, sku, qty, storeId }) => {
      if (qty < 1 || qty > MAX_QTY)
        throw inventoryError('INVALID_REQUEST', { message: `qty: 1 to ${MAX_QTY}` });
      if (productId === '' && sku === '') {
        throw inventoryError('INVALID_REQUEST', { message: 'a line needs product_id or sku' });
      }
      return {
        productId: optionalIdIn(productId, 'product_id'),
        sku: optionalIdIn(sku, 'sku'),
        storeId: optionalIdIn(storeId || request.storeId, 'store_id') ?? tenant,
        qty,
      };
    }),
  };
}

const toReply = ({ reservationId, state, expiresAt, lines }: Reservation): ReserveResponse => ({
  reservationId,
  state: ReservationState[state],
  expiresAt: expiresAt ?? undefined,
  lines: [...lines],
});
