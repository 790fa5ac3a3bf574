import {
  type AppliedRule as WireRule,
  type Resolution as WireResolution,
  type ResolveRequest,
  RuleKind,
} from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { isCurrency } from '@tradewind/kernel/money.ts';
import type { AppliedRule } from '#engine/request.ts';
import { pricingError } from '#errors.ts';
import { codesIn, MAX_CODES, MAX_LINES, MAX_QTY } from './limits.ts';
import type { Resolution, ResolvePrices } from './request.ts';

const ID = /^[\x21-\x7e]{1,200}$/;
const MAX_TTL_SECONDS = 30 * 24 * 3_600;

const invalid = (message: string) => pricingError('INVALID_REQUEST', { message });

/** An id from outside: visible ASCII, so that it can stand in a path, a key and a log line. */
export function idIn(value: string, field: string): string {
  if (!ID.test(value)) throw invalid(`${field}: 1 to 200 visible characters`);
  return value;
}

/** @throws DomainError INVALID_REQUEST */
export function requestIn(request: ResolveRequest): ResolvePrices {
  const { lines, codes, currency, segment, customerId, holdForOrderId, holdTtlSeconds } = request;
  if (lines.length === 0 || lines.length > MAX_LINES) throw invalid(`lines: 1 to ${MAX_LINES}`);
  if (codes.length > MAX_CODES) throw invalid(`codes: at most ${MAX_CODES}`);
  if (currency !== '' && !isCurrency(currency)) throw invalid('currency: not an ISO 4217 currency');
  if (holdForOrderId !== '' && (holdTtlSeconds < 1 || holdTtlSeconds > MAX_TTL_SECONDS)) {
    throw invalid(`hold_ttl_seconds: 1 to ${MAX_TTL_SECONDS}`);
  }
  return {
    lines: lines.map(({ productId, qty }) => {
      if (qty < 1 || qty > MAX_QTY) throw invalid(`qty: 1 to ${MAX_QTY}`);
      return { productId: idIn(productId, 'product_id'), qty };
    }),
    currency: currency || undefined,
    segment: segment || undefined,
    codes: codesIn(codes),
    customerId: customerId === '' ? undefined : customerId,
    hold:
      holdForOrderId === ''
        ? undefined
        : { orderId: idIn(holdForOrderId, 'hold_for_order_id'), ttlMs: holdTtlSeconds * 1_000 },
  };
}

const ruleOut = ({ kind, ruleId, name, amountMinor }: AppliedRule): WireRule => ({
  kind: RuleKind[kind],
  ruleId,
  name,
  amountMinor,
});

export function resolutionOut({ lines, orderRules, validUntil, ...whole }: Resolution): WireResolution {
  return {
    ...whole,
    lines: lines.map(({ rules, ...line }) => ({ ...line, rules: rules.map(ruleOut) })),
    rules: orderRules.map(ruleOut),
    validUntil: validUntil === undefined ? undefined : new Date(validUntil),
  };
}
