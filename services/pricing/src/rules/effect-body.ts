import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import type { Effect } from '#engine/effect-types.ts';
import { basisPointsOf } from '#engine/rounding.ts';
import * as input from '#input.ts';
import { amountIn } from '#amount-in.ts';
import { invalidRule } from '#invalid-rule.ts';
import { formatPercent } from '#percent.ts';

const pieces = z.int().min(1).max(1_000_000);
const tier = z.strictObject({
  minQty: pieces.optional(),
  minSubtotal: input.amount.optional(),
  percent: input.percent.optional(),
  amount: input.amount.optional(),
});

/** `value` is what discount codes call percent and amount. */
export const effectBody = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('PERCENTAGE'),
    percent: input.percent.optional(),
    value: input.percent.optional(),
  }),
  z.strictObject({
    type: z.literal('FIXED'),
    amount: input.amount.optional(),
    value: input.amount.optional(),
  }),
  z.strictObject({
    type: z.literal('BUY_X_GET_Y'),
    buyQty: pieces,
    getQty: pieces,
    percent: input.percent.optional().meta({ description: 'off the pieces that are got; 100 unless said' }),
  }),
  z.strictObject({ type: z.literal('FREE_SHIPPING') }),
  z.strictObject({ type: z.literal('TIERED'), tiers: z.array(tier).min(1).max(20) }),
]);
export type EffectBody = z.infer<typeof effectBody>;

const tierView = z.object({
  minQty: z.int().optional(),
  minSubtotal: z.string().optional(),
  percent: z.string().optional(),
  amount: z.string().optional(),
});
export const effectView = z.discriminatedUnion('type', [
  z.object({ type: z.literal('PERCENTAGE'), percent: z.string() }),
  z.object({ type: z.literal('FIXED'), amount: z.string() }),
  z.object({ type: z.literal('BUY_X_GET_Y'), buyQty: z.int(), getQty: z.int(), percent: z.string() }),
  z.object({ type: z.literal('FREE_SHIPPING') }),
  z.object({ type: z.literal('TIERED'), tiers: z.array(tierView) }),
]);

const wrong = (path: string, message: string) => invalidRule([{ path: `effect.${path}`, message }]);

function basisPoints(given: string | number | undefined, path: string): number {
  const points = given === undefined ? undefined : basisPointsOf(given);
  if (points === undefined) throw wrong(path, 'from 0 to 100, with two decimals at most');
  return points;
}

function minor(given: string | number | undefined, path: string, currency: string): bigint {
  if (given === undefined) throw wrong(path, 'an amount is needed');
  const amount = amountIn(given, currency, `effect.${path}`);
  if (amount < 0n) throw wrong(path, 'must not be negative');
  return amount;
}

type Said = string | number | undefined;

/** A field that may be called `value` too, with the name that the caller chose. */
const saidAs = (name: string, own: Said, value: Said): [Said, string] =>
  own === undefined && value !== undefined ? [value, 'value'] : [own, name];

/** @throws DomainError RULE_INVALID, INVALID_AMOUNT */
export function effectFrom(body: EffectBody, currency: string): Effect {
  switch (body.type) {
    case 'PERCENTAGE':
      return { type: body.type, basisPoints: basisPoints(...saidAs('percent', body.percent, body.value)) };
    case 'FIXED':
      return { type: body.type, amountMinor: minor(...saidAs('amount', body.amount, body.value), currency) };
    case 'BUY_X_GET_Y': {
      const { type, buyQty, getQty, percent } = body;
      const off = percent === undefined ? {} : { basisPoints: basisPoints(percent, 'percent') };
      return { type, buy: buyQty, get: getQty, ...off };
    }
    case 'FREE_SHIPPING':
      return { type: body.type };
    default:
      return tieredFrom(body, currency);
  }
}

function tieredFrom(
  { type, tiers }: Extract<EffectBody, { type: 'TIERED' }>,
  currency: string,
): Extract<Effect, { type: 'TIERED' }> {
  const off = ({ percent, amount }: z.infer<typeof tier>, path: string) => {
    if ((percent === undefined) === (amount === undefined)) throw wrong(path, 'either percent or amount');
    return amount === undefined
      ? { basisPoints: basisPoints(percent, `${path}.percent`) }
      : { amountMinor: minor(amount, `${path}.amount`, currency) };
  };
  if (tiers.every(({ minQty, minSubtotal }) => minQty !== undefined && minSubtotal === undefined)) {
    const steps = tiers.map((one, index) => ({ minQty: one.minQty ?? 1, ...off(one, `tiers.${index}`) }));
    return { type, measure: 'QTY', tiers: steps };
  }
  const steps = tiers.map((one, index) => {
    if (one.minSubtotal === undefined || one.minQty !== undefined) {
      throw wrong(`tiers.${index}`, 'all tiers begin at a minQty, or all at a minSubtotal');
    }
    const minMinor = minor(one.minSubtotal, `tiers.${index}.minSubtotal`, currency);
    return { minMinor, ...off(one, `tiers.${index}`) };
  });
  return { type, measure: 'SUBTOTAL', tiers: steps };
}

export function effectOut(effect: Effect, currency: string): z.infer<typeof effectView> {
  switch (effect.type) {
    case 'PERCENTAGE':
      return { type: effect.type, percent: formatPercent(effect.basisPoints) };
    case 'FIXED':
      return { type: effect.type, amount: formatAmount(effect.amountMinor, currency) };
    case 'BUY_X_GET_Y': {
      const { type, buy, get, basisPoints: points = 10_000 } = effect;
      return { type, buyQty: buy, getQty: get, percent: formatPercent(points) };
    }
    case 'FREE_SHIPPING':
      return { type: effect.type };
    default:
      return {
        type: effect.type,
        tiers: effect.tiers.map((one) => ({
          ...('minQty' in one
            ? { minQty: one.minQty }
            : { minSubtotal: formatAmount(one.minMinor, currency) }),
          ...('basisPoints' in one
            ? { percent: formatPercent(one.basisPoints) }
            : { amount: formatAmount(one.amountMinor, currency) }),
        })),
      };
  }
}
