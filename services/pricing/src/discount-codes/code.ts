import type { Effect } from '#engine/effect-types.ts';
import type { Conditions, DiscountCode } from '#engine/rules.ts';
import { pricingError } from '#errors.ts';
import { conditionsIn, type ConditionsRow, effectIn, type EffectRow, ruleJson } from '#rules/rule-json.ts';
import type { RuleKind } from '#rules/rule-store.ts';
import { ruleTable } from '#rules/rule-table.ts';
import { engineWindow, type WindowTerms } from '#rules/window.ts';

export interface CodeTerms extends WindowTerms {
  /** In capitals. */
  readonly code: string;
  readonly effect: Extract<Effect, { type: 'PERCENTAGE' | 'FIXED' }>;
  /** Of every amount in it. */
  readonly currency: string;
  readonly conditions: Conditions | null;
  readonly stackable: boolean;
  readonly usageLimit: number | null;
  readonly perCustomerLimit: number | null;
  /** Uses that are held or made; only ever read. */
  readonly uses: number;
}

const table = ruleTable<CodeTerms>({
  table: 'discount_codes',
  idColumn: 'discount_code_id',
  columns: [
    ...['code', 'effect', 'currency', 'conditions', 'stackable', 'usage_limit', 'per_customer_limit'],
    ...['starts_at', 'ends_at'],
  ],
  toRow: (terms) => [
    ...[terms.code, ruleJson(terms.effect), terms.currency],
    ...[terms.conditions && ruleJson(terms.conditions), terms.stackable],
    ...[terms.usageLimit, terms.perCustomerLimit, terms.startsAt, terms.endsAt],
  ],
  select: `t.code, t.effect, t.currency, t.conditions, t.stackable, t.usage_limit as "usageLimit",
    t.per_customer_limit as "perCustomerLimit", t.uses, t.starts_at as "startsAt", t.ends_at as "endsAt"`,
  fromRow: (row) => ({
    ...(row as unknown as CodeTerms),
    effect: effectIn(row['effect'] as EffectRow) as CodeTerms['effect'],
    conditions: row['conditions'] ? conditionsIn(row['conditions'] as ConditionsRow) : null,
  }),
});

export const discountCodeKind: RuleKind<CodeTerms> = {
  kind: 'DISCOUNT_CODE',
  table,
  nameOf: ({ code }) => code,
  notFound: () => pricingError('DISCOUNT_CODE_NOT_FOUND'),
  taken: { constraint: 'discount_codes_code', error: (cause) => pricingError('CODE_TAKEN', { cause }) },
};

/** As the engine takes it. */
export const codeIn = (terms: CodeTerms): DiscountCode => ({
  ...terms,
  ...engineWindow(terms),
  id: '',
  conditions: terms.conditions ?? undefined,
});
