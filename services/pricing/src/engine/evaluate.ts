import { MAX_MINOR } from '@tradewind/kernel/money.ts';
import { apply } from './apply.ts';
import { choose } from './choose.ts';
import type { CompiledRule, CompiledRules } from './compile.ts';
import { amountBefore, amountOf, type Item } from './items.ts';
import { priceItems } from './price-items.ts';
import { refusedCodes } from './refused-codes.ts';
import type { CodeReason, Evaluation, PriceRequest, RefusedCode, ResolvedLine } from './request.ts';

/** The items' lines in the order of the request. */
const linesOf = (items: readonly Item[]): ResolvedLine[] =>
  items
    .flatMap(({ productId, sku, listMinor, priceMinor, lines }) =>
      lines.map(({ index, qty, amountMinor, rules }) => ({
        index,
        line: { productId, sku, qty, listMinor, priceMinor, totalMinor: amountMinor, rules },
      })),
    )
    .sort((a, b) => a.index - b.index)
    .map(({ line }) => line);

/**
 * What a request costs. Pure: the same rules, request and instant always give the same answer, in whatever order rules
 * and lines come. Docs: the order of application is ADR 0016.
 */
export function evaluate(compiled: CompiledRules, request: PriceRequest): Evaluation {
  const { currency, segment, now } = request;
  const { items, unpriced, validUntil } = priceItems(compiled, request);
  if (unpriced.length > 0) return { ok: false, code: 'CURRENCY_MISMATCH', productIds: unpriced };
  if (amountBefore(items) > MAX_MINOR) return { ok: false, code: 'AMOUNT_TOO_LARGE' };

  const codes = new Set(request.codes);
  const { chosen, blocked } = choose(compiled, items, { segment, codes }, currency, now);
  const { orderRules, freeShipping, effective } = apply(chosen);
  const whyNot = (rule: CompiledRule): CodeReason | undefined =>
    effective.has(rule)
      ? undefined
      : (blocked.get(rule) ??
        (chosen.some((choice) => choice.rule === rule) ? 'NO_EFFECT' : 'CONDITIONS_NOT_MET'));
  const refused = refusedCodes(codes, compiled, whyNot);
  if (refused.length > 0) return without(refused, compiled, request);

  const totalMinor = amountOf(items);
  return {
    ok: true,
    resolution: {
      currency,
      lines: linesOf(items),
      totalMinor,
      discountMinor: amountBefore(items) - totalMinor,
      freeShipping,
      orderRules,
      refusedCodes: [],
      ...(validUntil === undefined ? {} : { validUntil }),
    },
  };
}

/** A refused code may have kept others away before it came to nothing: what it costs without is looked up anew. */
function without(
  refused: readonly RefusedCode[],
  compiled: CompiledRules,
  request: PriceRequest,
): Evaluation {
  const codes = request.codes.filter((code) => refused.every((other) => other.code !== code));
  const again = evaluate(compiled, { ...request, codes });
  if (!again.ok) return again;
  const refusedCodes = [...refused, ...again.resolution.refusedCodes];
  return { ok: true, resolution: { ...again.resolution, refusedCodes } };
}
