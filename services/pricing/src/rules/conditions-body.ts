import { formatAmount } from '@tradewind/kernel/money.ts';
import { z } from 'zod';
import type { Conditions } from '#engine/rules.ts';
import { amountIn } from '#amount-in.ts';
import * as input from '#input.ts';

const ids = z.array(input.id).min(1).max(500);
const leaf = {
  minSubtotal: input.amount.optional(),
  minQty: z.int().min(1).max(1_000_000_000).optional(),
  productIds: ids.optional(),
  categoryIds: ids.optional(),
  segment: input.segment.optional(),
  codes: z.array(input.code).min(1).max(500).optional(),
};
const nested = <Child extends z.ZodType>(child: Child) => {
  const list = z.array(child).min(1).max(32).optional();
  return { all: list, any: list };
};

// As deep as the limit of complexity allows, written out: a schema that recurses has no end in an OpenAPI document.
const level3 = z.strictObject({ ...leaf, ...nested(z.strictObject(leaf)) });
const level2 = z.strictObject({ ...leaf, ...nested(level3) });
export const conditionsBody = z.strictObject({ ...leaf, ...nested(level2) });

/** Any level of it. */
interface Body extends Readonly<z.infer<z.ZodObject<typeof leaf>>> {
  readonly all?: readonly Body[] | undefined;
  readonly any?: readonly Body[] | undefined;
}

const outLeaf = { ...leaf, minSubtotal: z.string().optional(), codes: z.array(z.string()).optional() };
const out3 = z.object({ ...outLeaf, ...nested(z.object(outLeaf)) });
const out2 = z.object({ ...outLeaf, ...nested(out3) });
export const conditionsView = z.object({ ...outLeaf, ...nested(out2) });

interface View extends Readonly<z.infer<z.ZodObject<typeof outLeaf>>> {
  readonly all?: View[] | undefined;
  readonly any?: View[] | undefined;
}

/** @throws DomainError INVALID_AMOUNT */
export function conditionsFrom(body: Body, currency: string, path = 'conditions'): Conditions {
  const { minSubtotal, codes, all, any, ...rest } = body;
  return {
    ...rest,
    ...(minSubtotal === undefined
      ? {}
      : { minSubtotalMinor: amountIn(minSubtotal, currency, `${path}.minSubtotal`) }),
    ...(codes ? { codes: codes.map((code) => code.toUpperCase()) } : {}),
    ...(all ? { all: all.map((child, at) => conditionsFrom(child, currency, `${path}.all.${at}`)) } : {}),
    ...(any ? { any: any.map((child, at) => conditionsFrom(child, currency, `${path}.any.${at}`)) } : {}),
  };
}

export function conditionsOut(conditions: Conditions, currency: string): View {
  const { minSubtotalMinor, productIds, categoryIds, codes, all, any, ...rest } = conditions;
  return {
    ...rest,
    ...(minSubtotalMinor === undefined ? {} : { minSubtotal: formatAmount(minSubtotalMinor, currency) }),
    ...(productIds ? { productIds: [...productIds] } : {}),
    ...(categoryIds ? { categoryIds: [...categoryIds] } : {}),
    ...(codes ? { codes: [...codes] } : {}),
    ...(all ? { all: all.map((child) => conditionsOut(child, currency)) } : {}),
    ...(any ? { any: any.map((child) => conditionsOut(child, currency)) } : {}),
  };
}
