import type { Choice } from './choose.ts';
import { byRank, type CompiledRule } from './compile.ts';
import { type Item, shareOf, sumOf } from './items.ts';
import type { AppliedRule } from './request.ts';

/** Promotions of lines, then those of the order, then codes. */
const phaseOf = ({ kind, ofLines }: CompiledRule): number => (kind === 'CODE' ? 2 : ofLines ? 0 : 1);

/** Lowers an item, and its lines by what they cost by then, so that none of them goes below zero. */
function lowerItem(item: Item, lowered: bigint, rule: Omit<AppliedRule, 'amountMinor'> | undefined): void {
  if (lowered === 0n) return;
  const shares = shareOf(lowered, item.lines);
  item.lines.forEach((line, index) => {
    const amountMinor = shares[index] ?? 0n;
    line.amountMinor -= amountMinor;
    if (rule && amountMinor > 0n) line.rules.push({ ...rule, amountMinor });
  });
  item.amountMinor -= lowered;
}

/** Applies the chosen rules one after the other to what the items cost by then. */
export function apply(chosen: readonly Choice[]): {
  orderRules: readonly AppliedRule[];
  freeShipping: boolean;
  /** Those that lowered something, or gave free shipping. */
  effective: ReadonlySet<CompiledRule>;
} {
  const orderRules: AppliedRule[] = [];
  const effective = new Set<CompiledRule>();
  let freeShipping = false;
  const inOrder = chosen.toSorted((a, b) => phaseOf(a.rule) - phaseOf(b.rule) || byRank(a.rule, b.rule));
  for (const { rule, items } of inOrder) {
    const applied = { kind: rule.kind, ruleId: rule.id, name: rule.name };
    const lowered = rule.effect.lower(items);
    const amountMinor = sumOf(lowered);
    if (amountMinor === 0n && !rule.effect.freeShipping) continue;
    effective.add(rule);
    freeShipping ||= rule.effect.freeShipping;
    items.forEach((item, index) => lowerItem(item, lowered[index] ?? 0n, rule.ofLines ? applied : undefined));
    if (!rule.ofLines || rule.effect.freeShipping) orderRules.push({ ...applied, amountMinor });
  }
  return { orderRules, freeShipping, effective };
}
