import type { CircuitBreakerPolicy } from 'cockatiel';
import {
  type AppliedRule as RuleMessage,
  PricingService,
  type Resolution as ResolutionMessage,
  type ResolveRequest,
  type ResolveResult,
  RuleKind,
} from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { fromStatus } from '@tradewind/contracts/grpc-status.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import { boundedCalls } from '@tradewind/service/bounded-calls.ts';
import type { GrpcClient } from '@tradewind/service/grpc-client.ts';
import { activeTraceparent } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import type { AppliedRule, Resolution, RuleKind as Kind } from '#cart/priced.ts';
import { cartError } from '#errors.ts';
import type { PriceAnswer, PriceRequest, Prices } from '#prices.ts';

const TIMEOUT_MS = 2_000;
const TRIES = 2;
/** How long a product that pricing has not seen yet is waited for: it may have been created just now. */
const GRACE_MS = 500;
const PAUSE_MS = 50;

interface Wanted {
  readonly request: PriceRequest;
  readonly context: CommandContext;
}

const kinds = new Map<number, string>(Object.entries(RuleKind).map(([name, kind]) => [kind, name]));

const unknownDetails = z.object({
  lines: z.array(z.object({ productId: z.string(), archived: z.boolean().optional() })),
});
const codeDetails = z.object({
  codes: z.array(
    z.union([z.object({ code: z.string(), reason: z.string().default('NOT_APPLICABLE') }), z.string()]),
  ),
});

/** Pricing over gRPC; the carts of one moment travel in one message. */
export function pricesClient(grpc: GrpcClient): Prices & { readonly breaker: CircuitBreakerPolicy } {
  const call = boundedCalls(TRIES, (cause) => cartError('PRICING_UNAVAILABLE', { cause, retryAfter: 2 }));

  const resolve = groupCommit<Wanted, PriceAnswer & { readonly mayCome?: boolean }>({
    groupOf: ({ context }) => context.storeId,
    run: async (storeId, batch) => {
      const requests = batch.map(requestOf);
      const context = { storeId, correlationId: batch[0]?.context.correlationId ?? '', causationId: null };
      const { results } = await call(() =>
        grpc.call(PricingService.resolveBatch, { requests }, context, { timeoutMs: TIMEOUT_MS }),
      );
      return batch.map((wanted, index) => answerOf(wanted.request, results[index]));
    },
  });

  return {
    breaker: call.breaker,
    async resolve(request, context) {
      const wanted = { request, context: { ...context, traceparent: activeTraceparent() } };
      const deadline = performance.now() + GRACE_MS;
      for (;;) {
        const { mayCome, ...answer } = await resolve(wanted);
        if (!mayCome || performance.now() > deadline) return answer;
        await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
    },
  };
}

function requestOf({ request, context }: Wanted): ResolveRequest {
  const { lines, currency = '', codes, customerId = '', segment = '' } = request;
  return {
    lines: lines.map(({ productId, qty }) => ({ productId, qty })),
    currency,
    segment,
    codes: [...codes],
    customerId,
    holdForOrderId: '',
    holdTtlSeconds: 0,
    correlationId: context.correlationId,
    traceparent: context.traceparent ?? '',
  };
}

type Answered = Outcome<PriceAnswer & { readonly mayCome?: boolean }>;

function answerOf(request: PriceRequest, result: ResolveResult | undefined): Answered {
  const outcome = result?.outcome;
  if (outcome?.$case === 'resolved') {
    return { ok: true, value: { kind: 'resolved', resolution: resolutionOf(outcome.value) } };
  }
  if (outcome?.$case !== 'error') return { ok: false, error: cartError('PRICING_PROTOCOL') };
  const { code, message, details = {} } = fromStatus(outcome.value);
  switch (code) {
    case 'UNKNOWN_PRODUCT': {
      const { lines } = unknownDetails.parse(details);
      const productIds = lines.map(({ productId }) => productId);
      const mayCome = lines.every(({ archived }) => archived !== true);
      return { ok: true, value: { kind: 'unknown-products', productIds, mayCome } };
    }
    case 'CODE_NOT_APPLICABLE':
      return { ok: true, value: { kind: 'codes', problems: problemsOf(request, details) } };
    case 'CURRENCY_MISMATCH':
      return { ok: true, value: { kind: 'currency', message } };
    default:
      return {
        ok: false,
        error: cartError('PRICING_UNAVAILABLE', { message: `${code}: ${message}`, retryAfter: 2 }),
      };
  }
}

/** In the spelling of the cart, whatever pricing made of its capitals. */
function problemsOf({ codes }: PriceRequest, details: unknown) {
  return codeDetails.parse(details).codes.map((given) => {
    const { code, reason } = typeof given === 'string' ? { code: given, reason: 'NOT_APPLICABLE' } : given;
    return { code: codes.find((one) => one.toUpperCase() === code.toUpperCase()) ?? code, reason };
  });
}

const rulesOf = (rules: readonly RuleMessage[]): AppliedRule[] =>
  rules.map(({ kind, ruleId, name, amountMinor }) => ({
    kind: (kinds.get(kind) ?? 'PROMOTION') as Kind,
    ruleId,
    name,
    amount: amountMinor,
  }));

function resolutionOf({ currency, lines, rules, ...whole }: ResolutionMessage): Resolution {
  return {
    currency,
    lines: lines.map((line) => ({
      productId: line.productId,
      sku: line.sku || null,
      qty: line.qty,
      list: line.listMinor,
      price: line.priceMinor,
      total: line.totalMinor,
      rules: rulesOf(line.rules),
    })),
    total: whole.totalMinor,
    discount: whole.discountMinor,
    freeShipping: whole.freeShipping,
    rules: rulesOf(rules),
  };
}
