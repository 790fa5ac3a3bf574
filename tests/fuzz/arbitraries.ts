import fc from 'fast-check';
import type { Operation, Parameter } from './openapi.ts';

/** Mostly the first, and when a finding is made smaller, the first. */
export const mostly = <A, B>(usual: fc.Arbitrary<A>, odd: fc.Arbitrary<B>, times = 20): fc.Arbitrary<A | B> =>
  fc.oneof({ withCrossShrink: true }, { weight: times, arbitrary: usual }, { weight: 1, arbitrary: odd });

export const text = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
export const encoded = (value: unknown): string => {
  const written = text(value);
  return encodeURIComponent(written.isWellFormed() ? written : written.toWellFormed());
};

/** Parameters of an operation in one place of its requests. */
export const parametersIn = (operation: Operation, place: string): Parameter[] =>
  (operation.parameters ?? []).filter((one) => one.in === place);
