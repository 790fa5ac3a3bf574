import { MAX_MINOR } from '@tradewind/kernel/money.ts';
import { WHOLE } from './rounding.ts';

/** What is wrong with a rule, and where: `conditions.any.0.minQty`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A problem where something does not hold. */
export const unless = (holds: boolean, path: string, message: string): Problem[] =>
  holds ? [] : [{ path, message }];

export const within = (outer: string, problems: readonly Problem[]): Problem[] =>
  problems.map(({ path, message }) => ({ path: path === '' ? outer : `${outer}.${path}`, message }));

export const checkBasisPoints = (basisPoints: number, path = 'basisPoints'): Problem[] =>
  unless(
    Number.isInteger(basisPoints) && basisPoints >= 0 && basisPoints <= WHOLE,
    path,
    'a percentage from 0 to 100, with two decimals at most',
  );

export const checkMinor = (minor: bigint, path: string): Problem[] =>
  unless(minor >= 0n && minor <= MAX_MINOR, path, minor < 0n ? 'must not be negative' : 'too large');

export const checkPieces = (pieces: number, path: string): Problem[] =>
  unless(Number.isSafeInteger(pieces) && pieces >= 1, path, 'a whole number, at least 1');

/** Ladders have at least one step, and each is above the one before. */
export function checkRising(steps: readonly (number | bigint)[], path: string): Problem[] {
  const rising = steps.every((step, index) => index === 0 || step > (steps[index - 1] ?? step));
  return [
    ...unless(steps.length > 0, path, 'at least one tier'),
    ...unless(rising, path, 'each tier begins above the one before'),
  ];
}
