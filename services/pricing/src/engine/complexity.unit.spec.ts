import { describe, expect, it } from 'vitest';
import { checkComplexity, COMPLEXITY_LIMIT } from './complexity.ts';
import { promotion } from './engine.fixture.ts';
import type { Conditions } from './rules.ts';

const nested = (depth: number): Conditions => (depth === 1 ? {} : { any: [nested(depth - 1)] });
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `ID-${index}`);
const { depth, conditions, ids, tiers } = COMPLEXITY_LIMIT;
const tiersOf = (count: number) => ({
  type: 'TIERED' as const,
  measure: 'QTY' as const,
  tiers: Array.from({ length: count }, (_, index) => ({ minQty: index + 1, basisPoints: 1 })),
});

describe('the complexity of a rule', () => {
  it('is fine up to the limit', () => {
    for (const rule of [
      promotion('P', { conditions: nested(depth) }),
      promotion('P', { conditions: { any: many(conditions - 1).map(() => ({})) } }),
      promotion('P', { conditions: { productIds: many(ids) } }),
      promotion('P', { effect: tiersOf(tiers) }),
    ]) {
      expect(checkComplexity(rule)).toBeUndefined();
    }
  });

  it.each([
    ['depth', { conditions: nested(depth + 1) }, depth + 1],
    ['conditions', { conditions: { all: many(conditions).map(() => ({})) } }, conditions + 1],
    [
      'ids',
      {
        excludes: ['P1'],
        conditions: { productIds: many(ids - 3), any: [{ categoryIds: ['X'] }, { codes: ['Y', 'Z'] }] },
      },
      ids + 1,
    ],
    ['tiers', { effect: tiersOf(tiers + 1) }, tiers + 1],
  ])('tells what is allowed and what was found: %s', (key, given, found) => {
    expect(checkComplexity(promotion('P', given))).toMatchObject({
      code: 'RULE_TOO_COMPLEX',
      allowed: COMPLEXITY_LIMIT,
      found: { [key]: found },
    });
  });

  it('is measured before anything else is known of what came in', () => {
    const deep: unknown = JSON.parse(`${'{"all":['.repeat(25_000)}${']}'.repeat(25_000)}`);
    expect(checkComplexity({ conditions: deep })?.found.depth).toBe(25_000);
    for (const odd of [
      undefined,
      null,
      7,
      'x',
      [],
      { conditions: null },
      { conditions: { all: 3 }, effect: [] },
    ]) {
      expect(checkComplexity(odd)).toBeUndefined();
    }
  });
});
