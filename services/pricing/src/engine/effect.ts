import type { Item } from './items.ts';
import type { Problem } from './problem.ts';

/** What a rule does to the items that it concerns, ready to run. */
export interface CompiledEffect {
  /** Whether these are enough for it to do anything: a rule that is not reached does not take them from others. */
  reached(items: readonly Item[]): boolean;
  /** By how much each item's amount goes down, in their order: never by more than the amount. */
  lower(items: readonly Item[]): bigint[];
  readonly freeShipping: boolean;
}

/** One type of rule. A new one is a file like percentage.ts and its line in effect-types.ts. */
export interface EffectType<Effect> {
  /** What is wrong with one that somebody wrote. */
  problems(effect: Effect): Problem[];
  /** Whether it names amounts, which mean something in the rule's currency only. */
  hasAmounts(effect: Effect): boolean;
  compile(effect: Effect): CompiledEffect;
}
