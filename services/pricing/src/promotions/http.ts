import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import { checkDiscount } from '#engine/check-rules.ts';
import * as input from '#input.ts';
import { requireValid } from '#invalid-rule.ts';
import { conditionsBody, conditionsFrom, conditionsOut, conditionsView } from '#rules/conditions-body.ts';
import { effectBody, effectFrom, effectOut, effectView } from '#rules/effect-body.ts';
import { registerRules } from '#rules/rule-routes.ts';
import type { RuleStore } from '#rules/rule-store.ts';
import { windowFields, windowIn, windowView } from '#rules/window.ts';
import { saidInPromotion } from '#said-paths.ts';
import { promotionIn, type PromotionTerms } from './promotion.ts';

const fields = {
  name: input.name,
  conditions: conditionsBody,
  effect: effectBody,
  currency: input.currency.meta({ description: 'of the amounts in it; USD unless said' }),
  priority: input.priority.meta({
    description: 'the higher one is asked first; then promotions before codes, then by id. 0 unless said',
  }),
  stackable: input.stackable,
  excludes: z
    .array(input.id)
    .max(100)
    .meta({
      description:
        'ids of promotions and codes that it never joins in one cart, on whatever lines; the first by priority stays. None unless said',
      examples: [['01a1fca3-c02b-7d83-8f26-c90ea3a53229']],
    }),
};
const newBody = z
  .strictObject({
    ...fields,
    conditions: fields.conditions.default({}),
    currency: fields.currency.default(input.DEFAULT_CURRENCY),
    priority: fields.priority.default(0),
    stackable: fields.stackable.default(true),
    excludes: fields.excludes.default([]),
    ...windowFields,
  })
  .meta({
    id: 'NewPromotion',
    example: {
      name: 'Ten off from fifty',
      conditions: { minSubtotal: '50.00' },
      effect: { type: 'PERCENTAGE', percent: 10 },
    },
  });
const patchBody = z
  .strictObject({
    name: fields.name.optional(),
    conditions: fields.conditions.optional(),
    effect: fields.effect.optional(),
    currency: fields.currency.optional(),
    priority: fields.priority.optional(),
    stackable: fields.stackable.optional(),
    excludes: fields.excludes.optional(),
    ...windowFields,
    expectedVersion: input.expectedVersion,
  })
  .meta({ id: 'PromotionPatch', example: { priority: 10 } });

const example = {
  promotionId: '01a1fca3-c02b-7d83-8f26-c90ea3a53230',
  name: 'Ten off from fifty',
  conditions: { minSubtotal: '50.00' },
  effect: { type: 'PERCENTAGE' as const, percent: '10' },
  currency: 'USD',
  priority: 0,
  stackable: true,
  excludes: [],
  startsAt: null,
  endsAt: null,
  version: 1,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
};
const view = z
  .object({
    promotionId: z.string(),
    name: z.string(),
    conditions: conditionsView,
    effect: effectView,
    currency: z.string(),
    priority: z.int(),
    stackable: z.boolean(),
    excludes: z.array(z.string()),
    ...input.windowView,
    ...input.keptView,
  })
  .meta({ id: 'Promotion', example });
const page = input
  .pageOf(view)
  .meta({ id: 'PromotionPage', example: { items: [example], nextCursor: null } });

function checked(terms: PromotionTerms): PromotionTerms {
  requireValid(saidInPromotion(checkDiscount(promotionIn(terms))));
  return terms;
}

export function registerPromotions(app: HttpApp, store: RuleStore<PromotionTerms>): void {
  registerRules(app, store, {
    ...{ path: 'promotions', one: 'a promotion', idField: 'promotionId', newBody, patchBody, view, page },
    termsIn: ({ conditions, effect, startsAt, endsAt, ...body }) =>
      checked({
        ...body,
        ...windowIn({ startsAt, endsAt }),
        conditions: conditionsFrom(conditions, body.currency),
        effect: effectFrom(effect, body.currency),
      }),
    changed(terms, { conditions, effect, ...patch }) {
      const currency = patch.currency ?? terms.currency;
      // What is not said again keeps its amounts as they are shown.
      const said = conditions ?? conditionsOut(terms.conditions, terms.currency);
      return checked({
        name: patch.name ?? terms.name,
        conditions: conditionsFrom(said, currency),
        effect: effectFrom(effect ?? bodyOf(terms), currency),
        currency,
        priority: patch.priority ?? terms.priority,
        stackable: patch.stackable ?? terms.stackable,
        excludes: patch.excludes ?? terms.excludes,
        ...windowIn(patch, terms),
      });
    },
    viewOf: ({ id, terms, version, createdAt, updatedAt }) => ({
      promotionId: id,
      name: terms.name,
      conditions: conditionsOut(terms.conditions, terms.currency),
      effect: effectOut(terms.effect, terms.currency),
      currency: terms.currency,
      priority: terms.priority,
      stackable: terms.stackable,
      excludes: [...terms.excludes],
      ...windowView(terms),
      version,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    }),
  });
}

const bodyOf = ({ effect, currency }: PromotionTerms) => effectBody.parse(effectOut(effect, currency));
