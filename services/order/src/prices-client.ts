import { SpanKind, trace } from '@opentelemetry/api';
import type { CircuitBreakerPolicy } from 'cockatiel';
import {
  PricingService,
  type Resolution,
  type ResolveRequest,
  type ResolveResult,
  RuleKind,
} from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { fromStatus } from '@tradewind/contracts/grpc-status.ts';
import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import { boundedCalls } from '@tradewind/service/bounded-calls.ts';
import type { GrpcClient } from '@tradewind/service/grpc-client.ts';
import { activeTraceparent } from '@tradewind/service/request-context.ts';
import { orderError } from '#errors.ts';
import type { AppliedRule } from '#order/pricing.ts';
import type { PricedOrder, PriceOrder, Prices } from '#prices.ts';

const TRIES = 3;
const TIMEOUT_MS = 2_000;
/** How long an order waits for a product that pricing has not seen yet: it may have been created just now. */
const GRACE_MS = 1_000;
const PAUSE_MS = 50;
/** Refusals of pricing that are the order's own. */
const REFUSALS = ['UNKNOWN_PRODUCT', 'CURRENCY_MISMATCH', 'CODE_NOT_APPLICABLE', 'AMOUNT_TOO_LARGE'] as const;

interface Wanted {
  readonly request: PriceOrder;
  readonly context: CommandContext;
}

const tracer = trace.getTracer('tradewind.order');
const kinds = new Map<number, string>(Object.entries(RuleKind).map(([name, kind]) => [kind, name]));

/** Pricing over gRPC; concurrent orders travel in one message, as reservations do. */
export function pricesClient(grpc: GrpcClient): Prices & { readonly breaker: CircuitBreakerPolicy } {
  const call = boundedCalls(TRIES, (cause) => orderError('PRICING_UNAVAILABLE', { cause, retryAfter: 2 }));

  const resolve = groupCommit<Wanted, PricedOrder>({
    groupOf: ({ context }) => context.storeId,
    run: async (storeId, batch) => {
      const requests = batch.map(requestOf);
      const context = { storeId, correlationId: batch[0]?.context.correlationId ?? '', causationId: null };
      const { results } = await call(() =>
        grpc.call(PricingService.resolveBatch, { requests }, context, { timeoutMs: TIMEOUT_MS }),
      );
      return batch.map((_, index) => outcomeOf(results[index]));
    },
  });

  async function patiently(wanted: Wanted): Promise<PricedOrder> {
    const deadline = performance.now() + GRACE_MS;
    for (;;) {
      try {
        return await resolve(wanted);
      } catch (error) {
        if (!mayStillCome(error) || performance.now() > deadline) throw error;
        await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
    }
  }

  return {
    breaker: call.breaker,
    resolve: (request, context) =>
      tracer.startActiveSpan('Resolve', { kind: SpanKind.CLIENT }, (span) =>
        patiently({ request, context: { ...context, traceparent: activeTraceparent() } }).finally(() =>
          span.end(),
        ),
      ),
    async release(orderId, context) {
      await call(() =>
        grpc.call(PricingService.releaseCodes, { orderId }, context, { timeoutMs: TIMEOUT_MS }),
      );
    },
  };
}

function requestOf({ request, context }: Wanted): ResolveRequest {
  const { lines, currency = '', codes, userId, segment = '', orderId, ttlSeconds } = request;
  return {
    lines: lines.map(({ productId, qty }) => ({ productId, qty })),
    currency,
    segment,
    codes: [...codes],
    customerId: userId,
    holdForOrderId: codes.length > 0 ? orderId : '',
    holdTtlSeconds: codes.length > 0 ? ttlSeconds : 0,
    correlationId: context.correlationId,
    traceparent: context.traceparent ?? '',
  };
}

function outcomeOf(result: ResolveResult | undefined): Outcome<PricedOrder> {
  const outcome = result?.outcome;
  if (outcome?.$case === 'resolved') return { ok: true, value: pricedOf(outcome.value) };
  if (outcome?.$case !== 'error')
    return { ok: false, error: new DomainError('PRICING_PROTOCOL', 'bug', 'a request has no price') };
  const { code, message, details = {} } = fromStatus(outcome.value);
  const refusal = REFUSALS.find((one) => one === code);
  if (refusal) return { ok: false, error: orderError(refusal, { message, details }) };
  // An id or a code that nothing can have: the order's mistake, and no later try would do better.
  if (code === 'INVALID_REQUEST')
    return { ok: false, error: new DomainError('VALIDATION_FAILED', 'invalid', message) };
  return {
    ok: false,
    error: orderError('PRICING_UNAVAILABLE', { message: `${code}: ${message}`, retryAfter: 2 }),
  };
}

const rulesOf = (rules: Resolution['rules']): AppliedRule[] =>
  rules.map(({ kind, ruleId, name, amountMinor }) => ({
    kind: kinds.get(kind) ?? 'UNSPECIFIED',
    ruleId,
    name,
    amount: amountMinor,
  }));

function pricedOf({ currency, lines, discountMinor, rules }: Resolution): PricedOrder {
  return {
    currency,
    lines: lines.map((line) => ({
      productId: line.productId,
      sku: line.sku || null,
      qty: line.qty,
      listPrice: line.listMinor,
      price: line.priceMinor,
      total: line.totalMinor,
      rules: rulesOf(line.rules),
    })),
    discount: discountMinor,
    rules: rulesOf(rules),
  };
}

/** An unknown product that is not known to be off the shelf. */
function mayStillCome(error: unknown): boolean {
  if (!isDomainError(error) || error.code !== 'UNKNOWN_PRODUCT') return false;
  const { lines } = error.details as { lines?: readonly { archived?: boolean }[] };
  return lines?.every(({ archived }) => !archived) ?? false;
}
