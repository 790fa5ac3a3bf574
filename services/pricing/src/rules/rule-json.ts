import type { Effect } from '#engine/effect-types.ts';
import type { Conditions } from '#engine/rules.ts';

/** Conditions and effects in a jsonb column: JSON has no bigint, so amounts are texts of minor units. */
export type ConditionsRow = Omit<Conditions, 'minSubtotalMinor' | 'all' | 'any'> & {
  readonly minSubtotalMinor?: string;
  readonly all?: readonly ConditionsRow[];
  readonly any?: readonly ConditionsRow[];
};

export type EffectRow = Readonly<Record<string, unknown>> & { readonly type: Effect['type'] };

/** Fields that are amounts, wherever they stand. */
const AMOUNTS = new Set(['amountMinor', 'minMinor', 'minSubtotalMinor']);

const reviver = (key: string, value: unknown): unknown =>
  AMOUNTS.has(key) && typeof value === 'string' ? BigInt(value) : value;
const replacer = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

const revived = (row: object): unknown => JSON.parse(JSON.stringify(row), reviver);

export const conditionsIn = (row: ConditionsRow): Conditions => revived(row) as Conditions;
export const effectIn = (row: EffectRow): Effect => revived(row) as Effect;
/** The text of the column. */
export const ruleJson = (value: Conditions | Effect): string => JSON.stringify(value, replacer);
