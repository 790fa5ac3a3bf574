import { byRank, type CompiledRule, type CompiledRules } from './compile.ts';
import type { Cart } from './conditions.ts';
import { categoryKey, codeKey, productKey, segmentKey } from './index-keys.ts';
import type { Item } from './items.ts';
import type { CodeReason } from './request.ts';
import { hasEnded, hasStarted } from './window.ts';

/** A rule and the items that it gets. */
export interface Choice {
  readonly rule: CompiledRule;
  readonly items: readonly Item[];
}

/** Why a rule was not chosen. */
type Blocked = ReadonlyMap<CompiledRule, CodeReason>;

/** The rules that this cart may have, in the order in which they choose. */
function candidates(
  compiled: CompiledRules,
  items: readonly Item[],
  { segment, codes }: Cart,
): CompiledRule[] {
  const found = new Set(compiled.ofAnyCart);
  const add = (key: string): void => compiled.byKey.get(key)?.forEach((rule) => found.add(rule));
  for (const { productId, categoryIds } of items) {
    add(productKey(productId));
    for (const id of categoryIds) add(categoryKey(id));
  }
  if (segment !== undefined) add(segmentKey(segment));
  for (const code of codes) {
    add(codeKey(code));
    const rule = compiled.byCode.get(code);
    if (rule) found.add(rule);
  }
  return [...found].sort(byRank);
}

/**
 * Which rules apply, and to what. Conditions look at the prices before any promotion, so that no rule's turn depends on
 * what another one gives; whoever comes first by rank takes its lines, and an exclusive rule takes them alone.
 */
export function choose(
  compiled: CompiledRules,
  items: readonly Item[],
  cart: Cart,
  currency: string,
  now: number,
): { chosen: readonly Choice[]; blocked: Blocked } {
  const chosen: Choice[] = [];
  const blocked = new Map<CompiledRule, CodeReason>();
  const ids = new Set<string>();
  const excluded = new Set<string>();
  const touched = new Set<Item>();
  const closed = new Set<Item>();

  const choice = (rule: CompiledRule): Choice | CodeReason => {
    if (!hasStarted(rule.window, now)) return 'NOT_STARTED';
    if (hasEnded(rule.window, now)) return 'ENDED';
    if (rule.currency !== undefined && rule.currency !== currency) return 'CURRENCY_MISMATCH';
    const selected = rule.select(items, cart);
    if (!selected || !rule.effect.reached(selected)) return 'CONDITIONS_NOT_MET';
    if (excluded.has(rule.id) || rule.excludes.some((id) => ids.has(id))) return 'NOT_COMBINABLE';
    const barred = rule.stackable ? closed : touched;
    if (barred.size === 0) return { rule, items: selected };
    const open = selected.filter((item) => !barred.has(item));
    return open.length > 0 && rule.effect.reached(open) ? { rule, items: open } : 'NOT_COMBINABLE';
  };

  for (const rule of candidates(compiled, items, cart)) {
    const made = choice(rule);
    if (typeof made === 'string') {
      blocked.set(rule, made);
      continue;
    }
    chosen.push(made);
    ids.add(rule.id);
    for (const id of rule.excludes) excluded.add(id);
    for (const item of made.items) {
      touched.add(item);
      if (!rule.stackable) closed.add(item);
    }
  }
  return { chosen, blocked };
}
