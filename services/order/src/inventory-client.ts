import { SpanKind, trace } from '@opentelemetry/api';
import type { CircuitBreakerPolicy } from 'cockatiel';
import {
  InventoryService,
  type ReserveResult,
  ReservationState,
} from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { fromStatus } from '@tradewind/contracts/grpc-status.ts';
import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import { boundedCalls } from '@tradewind/service/bounded-calls.ts';
import type { GrpcClient } from '@tradewind/service/grpc-client.ts';
import { activeTraceparent } from '@tradewind/service/request-context.ts';
import { orderError } from '#errors.ts';
import type { Inventory, ReserveOrder } from '#inventory.ts';

const TRIES = 3;
const TIMEOUT_MS = 2_000;

interface Reservation {
  readonly request: ReserveOrder;
  readonly context: CommandContext;
}

const tracer = trace.getTracer('tradewind.order');

/**
 * Inventory over gRPC. Concurrent reservations travel in one message: one batch is on its way while the next one forms,
 * which makes a reservation cost a tenth of a call.
 */
export function inventoryClient(grpc: GrpcClient): Inventory & { readonly breaker: CircuitBreakerPolicy } {
  const call = boundedCalls(TRIES, (cause) => orderError('INVENTORY_UNAVAILABLE', { cause, retryAfter: 2 }));

  const reserve = groupCommit<Reservation, void>({
    groupOf: ({ context }) => context.storeId,
    run: async (storeId, batch) => {
      const requests = batch.map(({ request, context }) => ({
        reservationId: request.reservationId,
        storeId: '',
        orderId: request.orderId,
        lines: request.lines.map(({ productId, qty }) => ({ productId, qty, sku: '', storeId: '' })),
        ttlSeconds: request.ttlSeconds,
        correlationId: context.correlationId,
        traceparent: context.traceparent ?? '',
      }));
      const context = { storeId, correlationId: batch[0]?.context.correlationId ?? '', causationId: null };
      const { results } = await call(() =>
        grpc.call(InventoryService.reserveStockBatch, { requests }, context, { timeoutMs: TIMEOUT_MS }),
      );
      return batch.map((_, index) => outcomeOf(results[index]));
    },
  });

  return {
    breaker: call.breaker,
    reserve: (request, context) =>
      tracer.startActiveSpan('ReserveStock', { kind: SpanKind.CLIENT }, (span) =>
        reserve({ request, context: { ...context, traceparent: activeTraceparent() } }).finally(() =>
          span.end(),
        ),
      ),
    async hold(reservationId, context) {
      try {
        await call(() =>
          grpc.call(InventoryService.holdReservation, { reservationId, expiresAt: undefined }, context, {
            timeoutMs: TIMEOUT_MS,
          }),
        );
      } catch (error) {
        if (isDomainError(error) && error.kind === 'conflict') {
          throw orderError('ORDER_NOT_PAYABLE', { message: 'its stock is no longer held', cause: error });
        }
        throw error;
      }
    },
    async release(reservationId, reason, context) {
      await call(() =>
        grpc.call(InventoryService.releaseStock, { reservationId, reason }, context, {
          timeoutMs: TIMEOUT_MS,
        }),
      );
    },
  };
}

function outcomeOf(result: ReserveResult | undefined): Outcome<void> {
  const outcome = result?.outcome;
  if (outcome?.$case === 'reserved') {
    // A repeat is answered with what became of the first try: one that came too late may have lapsed.
    if (outcome.value.state === ReservationState.HELD) return { ok: true, value: undefined };
    return { ok: false, error: orderError('INVENTORY_UNAVAILABLE', { retryAfter: 1 }) };
  }
  if (outcome?.$case !== 'error') {
    return { ok: false, error: new DomainError('INVENTORY_PROTOCOL', 'bug', 'a reservation has no result') };
  }
  const failure = fromStatus(outcome.value);
  if (failure.insufficientStock) {
    const lines = failure.insufficientStock.lines.map(({ productId, requested, available }) => ({
      productId,
      requested,
      available,
    }));
    return { ok: false, error: orderError('INSUFFICIENT_STOCK', { details: { lines } }) };
  }
  return { ok: false, error: new DomainError(failure.code, 'conflict', failure.message) };
}
