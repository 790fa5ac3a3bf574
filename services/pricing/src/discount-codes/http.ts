import { formatAmount } from '@tradewind/kernel/money.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import { checkDiscount } from '#engine/check-rules.ts';
import { basisPointsOf } from '#engine/rounding.ts';
import * as input from '#input.ts';
import { amountIn } from '#amount-in.ts';
import { invalidRule, requireValid } from '#invalid-rule.ts';
import { formatPercent } from '#percent.ts';
import { conditionsBody, conditionsFrom, conditionsOut, conditionsView } from '#rules/conditions-body.ts';
import { registerRules } from '#rules/rule-routes.ts';
import type { RuleStore } from '#rules/rule-store.ts';
import { windowFields, windowIn, windowView } from '#rules/window.ts';
import { saidInCode } from '#said-paths.ts';
import { codeIn, type CodeTerms } from './code.ts';

const limit = z.int().min(1).max(1_000_000_000);
const fields = {
  value: input.amount.meta({ description: 'percent, from 0 to 100, or an amount' }),
  conditions: conditionsBody.nullable().optional(),
  usageLimit: limit.nullable().optional().meta({ description: 'orders altogether' }),
  perCustomerLimit: limit.nullable().optional().meta({ description: 'orders of one customer' }),
  ...windowFields,
};
const type = z.enum(['PERCENTAGE', 'FIXED']);
const newBody = z
  .strictObject({
    code: input.code.meta({ description: 'the same in any case' }),
    type,
    ...fields,
    currency: input.currency
      .default(input.DEFAULT_CURRENCY)
      .meta({ description: 'of the amounts in it; USD unless said' }),
    stackable: input.stackable.default(true),
  })
  .meta({
    id: 'NewDiscountCode',
    example: { code: 'SPRING', type: 'PERCENTAGE', value: 10, usageLimit: 100, perCustomerLimit: 1 },
  });
const patchBody = z
  .strictObject({
    ...fields,
    value: fields.value.optional(),
    stackable: input.stackable.optional(),
    expectedVersion: input.expectedVersion,
  })
  .meta({ id: 'DiscountCodePatch', example: { usageLimit: 200 } });

const example = {
  discountCodeId: '01a1fca3-c02b-7d83-8f26-c90ea3a53229',
  code: 'SPRING',
  type: 'PERCENTAGE' as const,
  value: '10',
  currency: 'USD',
  conditions: null,
  stackable: true,
  usageLimit: 100,
  perCustomerLimit: 1,
  uses: 12,
  startsAt: null,
  endsAt: null,
  version: 1,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
};
const view = z
  .object({
    discountCodeId: z.string(),
    code: z.string(),
    type,
    value: z.string(),
    currency: z.string(),
    conditions: conditionsView.nullable(),
    stackable: z.boolean(),
    usageLimit: z.int().nullable(),
    perCustomerLimit: z.int().nullable(),
    uses: z.int().meta({ description: 'held for open orders, or used' }),
    ...input.windowView,
    ...input.keptView,
  })
  .meta({ id: 'DiscountCode', example });
const page = input
  .pageOf(view)
  .meta({ id: 'DiscountCodePage', example: { items: [example], nextCursor: null } });

function effectOf(kind: z.infer<typeof type>, value: string | number, currency: string): CodeTerms['effect'] {
  if (kind === 'FIXED') return { type: kind, amountMinor: amountIn(value, currency, 'value') };
  const basisPoints = basisPointsOf(value);
  if (basisPoints !== undefined) return { type: kind, basisPoints };
  throw invalidRule([{ path: 'value', message: 'a percentage from 0 to 100, with two decimals at most' }]);
}

const valueOf = ({ effect, currency }: CodeTerms): string =>
  effect.type === 'FIXED' ? formatAmount(effect.amountMinor, currency) : formatPercent(effect.basisPoints);

function checked(terms: CodeTerms): CodeTerms {
  requireValid(saidInCode(checkDiscount(codeIn(terms))));
  return terms;
}

const kept = <T>(given: T | undefined, before: T): T => (given === undefined ? before : given);

export function registerDiscountCodes(app: HttpApp, store: RuleStore<CodeTerms>): void {
  registerRules(app, store, {
    ...{ path: 'discount-codes', one: 'a discount code', idField: 'discountCodeId' },
    ...{ newBody, patchBody, view, page },
    termsIn: (body) =>
      checked({
        code: body.code.toUpperCase(),
        effect: effectOf(body.type, body.value, body.currency),
        currency: body.currency,
        conditions: body.conditions ? conditionsFrom(body.conditions, body.currency) : null,
        stackable: body.stackable,
        usageLimit: body.usageLimit ?? null,
        perCustomerLimit: body.perCustomerLimit ?? null,
        uses: 0,
        ...windowIn(body),
      }),
    changed(terms, { value, conditions, ...patch }) {
      const { currency, effect } = terms;
      return checked({
        ...terms,
        ...(value === undefined ? {} : { effect: effectOf(effect.type, value, currency) }),
        ...(conditions === undefined
          ? {}
          : { conditions: conditions && conditionsFrom(conditions, currency) }),
        stackable: kept(patch.stackable, terms.stackable),
        usageLimit: kept(patch.usageLimit, terms.usageLimit),
        perCustomerLimit: kept(patch.perCustomerLimit, terms.perCustomerLimit),
        ...windowIn(patch, terms),
      });
    },
    viewOf: ({ id, terms, version, createdAt, updatedAt }) => ({
      discountCodeId: id,
      code: terms.code,
      type: terms.effect.type,
      value: valueOf(terms),
      currency: terms.currency,
      conditions: terms.conditions && conditionsOut(terms.conditions, terms.currency),
      stackable: terms.stackable,
      usageLimit: terms.usageLimit,
      perCustomerLimit: terms.perCustomerLimit,
      uses: terms.uses,
      ...windowView(terms),
      version,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    }),
  });
}
