import type { DomainError } from '@tradewind/kernel/errors.ts';
import { checkComplexity } from '#engine/complexity.ts';
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

/** What is too much about a rule, also in a body that no schema has seen yet. */
export function tooComplex(rule: unknown): DomainError | undefined {
  const found = checkComplexity(rule);
  return (
    found &&
    pricingError('RULE_TOO_COMPLEX', {
      message: `the rule is more complex than one may be: ${JSON.stringify(found.found)} of ${JSON.stringify(found.allowed)}`,
      details: { allowed: found.allowed, found: found.found },
    })
  );
}
