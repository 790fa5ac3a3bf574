import type { DomainError } from '@tradewind/kernel/errors.ts';
import { checkComplexity, type Complexity, type RuleTooComplex } from '#engine/complexity.ts';
import type { Problem } from '#engine/problem.ts';
import { pricingError } from '#errors.ts';

/** 400 with the places of the body that are wrong. */
export function invalidRule(problems: readonly Problem[]): DomainError {
  const errors = problems.map(({ path, message }) => ({ path: `body.${path}`, message }));
  const [first] = errors;
  return pricingError('RULE_INVALID', {
    message: first ? `${first.path}: ${first.message}` : 'the rule is not valid',
    details: { errors },
  });
}

/** @throws DomainError RULE_INVALID */
export function requireValid(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalidRule(problems);
}

const NAMES: Readonly<Record<keyof Complexity, string>> = {
  depth: 'levels of conditions',
  conditions: 'conditions',
  ids: 'ids, categories and codes',
  tiers: 'tiers',
};

/** Each measure that is above its limit, in words. */
const excess = ({ found, allowed }: RuleTooComplex): string[] =>
  (Object.keys(NAMES) as (keyof Complexity)[])
    .filter((measure) => found[measure] > allowed[measure])
    .map((measure) => `${found[measure]} ${NAMES[measure]}, at most ${allowed[measure]}`);

/** What is too much about a rule, also in a body that no schema has seen yet. */
export function tooComplex(rule: unknown): DomainError | undefined {
  const found = checkComplexity(rule);
  return (
    found &&
    pricingError('RULE_TOO_COMPLEX', {
      message: `the rule is more complex than one may be: ${excess(found).join(', ')}`,
      details: { allowed: found.allowed, found: found.found },
    })
  );
}
