import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import { checkCurrencyRate } from '#engine/check-rules.ts';
import * as input from '#input.ts';
import { requireValid } from '#invalid-rule.ts';
import { registerRules } from '#rules/rule-routes.ts';
import type { RuleStore } from '#rules/rule-store.ts';
import type { RateTerms } from './rate.ts';

const rate = z
  .union([z.string().max(30), z.number()])
  .transform(String)
  .meta({ description: 'a positive decimal, kept as it is written' });
const newBody = z
  .strictObject({
    from: input.currency,
    to: input.currency,
    rate,
    asOf: input.instant.optional().meta({ description: 'from when it counts; now, unless said' }),
  })
  .meta({
    id: 'NewCurrencyRate',
    example: { from: 'USD', to: 'EUR', rate: '0.9215', asOf: '2026-11-20T00:00:00.000Z' },
  });
const patchBody = z
  .strictObject({
    rate: rate.optional(),
    asOf: input.instant.optional(),
    expectedVersion: input.expectedVersion,
  })
  .meta({ id: 'CurrencyRatePatch', example: { rate: '0.9220' } });

const example = {
  currencyRateId: '01a1fca3-c02b-7d83-8f26-c90ea3a53232',
  from: 'USD',
  to: 'EUR',
  rate: '0.9215',
  asOf: '2026-11-20T00:00:00.000Z',
  version: 1,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
};
const view = z
  .object({
    currencyRateId: z.string(),
    from: z.string(),
    to: z.string(),
    rate: z.string(),
    asOf: z.iso.datetime(),
    ...input.keptView,
  })
  .meta({ id: 'CurrencyRate', example });
const page = input
  .pageOf(view)
  .meta({ id: 'CurrencyRatePage', example: { items: [example], nextCursor: null } });

function checked(terms: RateTerms): RateTerms {
  requireValid(checkCurrencyRate({ ...terms, id: '', asOf: terms.asOf.getTime() }));
  return terms;
}

export function registerCurrencyRates(app: HttpApp, store: RuleStore<RateTerms>): void {
  registerRules(app, store, {
    ...{ path: 'currency-rates', one: 'a currency rate', idField: 'currencyRateId' },
    ...{ newBody, patchBody, view, page },
    termsIn: ({ asOf, ...body }) =>
      checked({ ...body, asOf: asOf === undefined ? new Date() : new Date(asOf) }),
    changed: (terms, patch) =>
      checked({
        ...terms,
        rate: patch.rate ?? terms.rate,
        asOf: patch.asOf === undefined ? terms.asOf : new Date(patch.asOf),
      }),
    viewOf: ({ id, terms, version, createdAt, updatedAt }) => ({
      currencyRateId: id,
      from: terms.from,
      to: terms.to,
      rate: terms.rate,
      asOf: terms.asOf.toISOString(),
      version,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    }),
  });
}
