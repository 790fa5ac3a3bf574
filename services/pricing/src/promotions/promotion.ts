import type { Effect } from '#engine/effect-types.ts';
import type { Conditions, Promotion } from '#engine/rules.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { requireValid } from '#invalid-rule.ts';
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

const known = `
  select promotion_id as id from promotion_rules where promotion_id = any($1)
  union all select discount_code_id from discount_codes where discount_code_id = any($1)`;

/** A rule that was excluded may be removed later; one that was never there is a mistake. */
async function excludesKnown(
  tx: Transaction,
  { excludes }: PromotionTerms,
  before: PromotionTerms | undefined,
): Promise<void> {
  const added = excludes.filter((id) => !before?.excludes.includes(id));
  if (added.length === 0) return;
  const ids = new Set((await tx.query<{ id: string }>(known, [added])).map(({ id }) => id));
  requireValid(
    excludes.flatMap((id, at) =>
      ids.has(id) || !added.includes(id)
        ? []
        : [{ path: `excludes.${at}`, message: 'no promotion or code has this id' }],
    ),
  );
}

export const promotionKind: RuleKind<PromotionTerms> = {
  kind: 'PROMOTION',
  table,
  nameOf: ({ name }) => name,
  notFound: () => pricingError('PROMOTION_NOT_FOUND'),
  check: excludesKnown,
};

/** As the engine takes it. */
export const promotionIn = (terms: PromotionTerms): Promotion => ({
  ...terms,
  ...engineWindow(terms),
  id: '',
});
