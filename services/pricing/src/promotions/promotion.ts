import type { Effect } from '#engine/effect-types.ts';
import type { Conditions, Promotion } from '#engine/rules.ts';
import { pricingError } from '#errors.ts';
import { conditionsIn, type ConditionsRow, effectIn, type EffectRow, ruleJson } from '#rules/rule-json.ts';
import type { RuleKind } from '#rules/rule-store.ts';
import { ruleTable } from '#rules/rule-table.ts';
import { engineWindow, type WindowTerms } from '#rules/window.ts';

export interface PromotionTerms extends WindowTerms {
  readonly name: string;
  readonly conditions: Conditions;
  readonly effect: Effect;
  /** Of every amount in it. */
  readonly currency: string;
  readonly priority: number;
  readonly stackable: boolean;
  readonly excludes: readonly string[];
}

const table = ruleTable<PromotionTerms>({
  table: 'promotion_rules',
  idColumn: 'promotion_id',
  columns: [
    ...['name', 'conditions', 'effect', 'currency', 'priority', 'stackable', 'excludes'],
    ...['starts_at', 'ends_at'],
  ],
  toRow: ({ name, conditions, effect, currency, priority, stackable, excludes, startsAt, endsAt }) => [
    ...[name, ruleJson(conditions), ruleJson(effect), currency, priority, stackable, excludes],
    ...[startsAt, endsAt],
  ],
  select: `t.name, t.conditions, t.effect, t.currency, t.priority, t.stackable, t.excludes,
    t.starts_at as "startsAt", t.ends_at as "endsAt"`,
  fromRow: (row) => ({
    ...(row as unknown as PromotionTerms),
    conditions: conditionsIn(row['conditions'] as ConditionsRow),
    effect: effectIn(row['effect'] as EffectRow),
  }),
});

export const promotionKind: RuleKind<PromotionTerms> = {
  kind: 'PROMOTION',
  table,
  nameOf: ({ name }) => name,
  notFound: () => pricingError('PROMOTION_NOT_FOUND'),
};

/** As the engine takes it. */
export const promotionIn = (terms: PromotionTerms): Promotion => ({
  ...terms,
  ...engineWindow(terms),
  id: '',
});
