import { compileConditions, describesLines, nodesOf, type Select } from './conditions.ts';
import type { CompiledEffect } from './effect.ts';
import { typeOf } from './effect-types.ts';
import { type FlashSaleIndex, indexFlashSales } from './flash-sales.ts';
import { neededKeys } from './index-keys.ts';
import { indexPriceLists, type PriceListIndex } from './price-lists.ts';
import type { Conditions, DiscountCode, Promotion, RuleSet, Window } from './rules.ts';

/** A promotion or a code, ready to run. */
export interface CompiledRule {
  readonly kind: 'PROMOTION' | 'CODE';
  readonly id: string;
  /** The promotion's name, or the code. */
  readonly name: string;
  readonly priority: number;
  readonly window: Window;
  readonly stackable: boolean;
  readonly excludes: readonly string[];
  /** Of the carts that may have it; nothing where any may. */
  readonly currency: string | undefined;
  readonly ofLines: boolean;
  readonly select: Select;
  readonly effect: CompiledEffect;
}

/** A tenant's rules, indexed. It never changes: a change of a rule makes a new one. */
export interface CompiledRules {
  readonly priceLists: PriceListIndex;
  readonly flashSales: FlashSaleIndex;
  /** Promotions under the keys of which a cart must have one, as index-keys.ts says. */
  readonly byKey: ReadonlyMap<string, readonly CompiledRule[]>;
  /** Promotions that any cart may get. */
  readonly ofAnyCart: readonly CompiledRule[];
  readonly byCode: ReadonlyMap<string, CompiledRule>;
  /** Promotions whose conditions name a code, by that code. */
  readonly askingFor: ReadonlyMap<string, readonly CompiledRule[]>;
}

interface Source {
  readonly kind: CompiledRule['kind'];
  readonly name: string;
  readonly conditions: Conditions;
  readonly priority: number;
  readonly stackable: boolean;
  readonly rule: Promotion | DiscountCode;
}

const ofPromotion = (rule: Promotion): Source => ({ kind: 'PROMOTION', rule, ...rule });

const ofCode = (rule: DiscountCode): Source => ({
  kind: 'CODE',
  rule,
  name: rule.code,
  conditions: rule.conditions ?? {},
  priority: rule.priority ?? 0,
  stackable: rule.stackable ?? true,
});

/** Which of two rules chooses first: by priority, then promotions before codes, then by id. */
export const byRank = (a: CompiledRule, b: CompiledRule): number =>
  b.priority - a.priority || Number(a.kind === 'CODE') - Number(b.kind === 'CODE') || (a.id < b.id ? -1 : 1);

function compileRule({ kind, name, conditions, priority, stackable, rule }: Source): CompiledRule {
  const type = typeOf(rule.effect);
  const nodes = [...nodesOf(conditions)];
  const hasAmounts =
    type.hasAmounts(rule.effect) || nodes.some(({ minSubtotalMinor }) => minSubtotalMinor !== undefined);
  return {
    kind,
    id: rule.id,
    name,
    priority,
    window: { startsAt: rule.startsAt, endsAt: rule.endsAt },
    stackable,
    excludes: rule.excludes ?? [],
    currency: hasAmounts ? rule.currency : undefined,
    ofLines: describesLines(conditions),
    select: compileConditions(conditions),
    effect: type.compile(rule.effect),
  };
}

/** Adds to the list under a key. */
function file<Entry>(index: Map<string, Entry[]>, key: string, entry: Entry): void {
  const others = index.get(key);
  if (others) others.push(entry);
  else index.set(key, [entry]);
}

/**
 * Once per change of the rules, which were checked when they were made (check-rules.ts, complexity.ts): the requests
 * then touch only what may concern them.
 */
export function compile({ priceLists, flashSales, promotions, codes }: RuleSet): CompiledRules {
  const byKey = new Map<string, CompiledRule[]>();
  const ofAnyCart: CompiledRule[] = [];
  const askingFor = new Map<string, CompiledRule[]>();
  const compiled = promotions.map((promotion) => [promotion, compileRule(ofPromotion(promotion))] as const);
  // In the order in which they choose: what a request finds is then nearly sorted.
  for (const [source, rule] of compiled.sort(([, a], [, b]) => byRank(a, b))) {
    const keys = neededKeys(source.conditions);
    if (!keys) ofAnyCart.push(rule);
    for (const key of new Set(keys)) file(byKey, key, rule);
    const named = [...nodesOf(source.conditions)].flatMap((node) => node.codes ?? []);
    for (const code of new Set(named)) file(askingFor, code, rule);
  }
  const rules = {
    priceLists: indexPriceLists(priceLists),
    flashSales: indexFlashSales(flashSales),
    byKey,
    ofAnyCart,
    byCode: new Map<string, CompiledRule>(),
    askingFor,
  };
  return withCodes(rules, codes);
}

/**
 * The same rules with these codes. A tenant may have more codes than anybody wants to keep: the few that a request gives
 * are put beside the compiled rules when it comes.
 */
export const withCodes = (rules: CompiledRules, codes: readonly DiscountCode[]): CompiledRules => ({
  ...rules,
  byCode: new Map(codes.map((code) => [code.code, compileRule(ofCode(code))])),
});
