import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type {
  ResolveBatchRequest,
  ResolveBatchResponse,
  ResolveRequest,
  ResolveResult,
} from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { toStatus } from '@tradewind/contracts/grpc-status.ts';
import { failureOf } from '@tradewind/service/grpc-errors.ts';
import type { GrpcCall } from '@tradewind/service/grpc-server.ts';
import { pricingError } from '#errors.ts';
import type { PricingMetrics } from '#metrics.ts';
import type { Resolution } from './request.ts';
import type { Resolver } from './resolver.ts';
import { requestIn, resolutionOut } from './wire.ts';

const MAX_BATCH = 256;
const SAMPLED = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;
const tracer = trace.getTracer('tradewind.pricing');

export interface ResolveDeps {
  readonly resolve: Resolver;
  readonly metrics: PricingMetrics;
}

export const resolveOverGrpc =
  (deps: ResolveDeps) =>
  async ({ requests }: ResolveBatchRequest, call: GrpcCall): Promise<ResolveBatchResponse> => {
    if (requests.length === 0 || requests.length > MAX_BATCH) {
      throw pricingError('INVALID_REQUEST', { message: `requests: 1 to ${MAX_BATCH}` });
    }
    const outcomes = await Promise.allSettled(requests.map((request) => one(deps, request, call)));
    return {
      results: outcomes.map((outcome): ResolveResult => ({
        outcome:
          outcome.status === 'fulfilled'
            ? { $case: 'resolved', value: resolutionOut(outcome.value) }
            : { $case: 'error', value: toStatus(failureOf(outcome.reason)) },
      })),
    };
  };

async function one(
  { resolve, metrics }: ResolveDeps,
  request: ResolveRequest,
  { principal }: GrpcCall,
): Promise<Resolution> {
  const wanted = requestIn(request);
  const work = () => metrics.resolved(() => resolve(principal.storeId, wanted));
  if (!SAMPLED.test(request.traceparent)) return work();
  // Below the span of the order that asks: the call's own span stands for the whole batch.
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent: request.traceparent });
  const span = tracer.startSpan('Resolve', { kind: SpanKind.SERVER }, parent);
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    throw error;
  } finally {
    span.end();
  }
}
