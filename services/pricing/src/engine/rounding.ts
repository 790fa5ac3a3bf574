/** 100 % in hundredths of a percent. */
export const WHOLE = 10_000;

/** A quotient of non-negative numbers to the nearest integer, halves upwards: the way prices are rounded in shops. */
export const halfUp = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + denominator) / (2n * denominator);

/** So many hundredths of a percent of an amount. */
export const percentOf = (minor: bigint, basisPoints: number): bigint =>
  halfUp(minor * BigInt(basisPoints), BigInt(WHOLE));

const PERCENT = /^(\d{1,3})(?:\.(\d{1,2})0*)?$/;

/** Hundredths of a percent of "12.5": 1250. Nothing where it is no percentage from 0 to 100 with two decimals. */
export function basisPointsOf(percent: string | number): number | undefined {
  const match = PERCENT.exec(String(percent));
  if (!match) return undefined;
  const [, whole = '0', fraction = ''] = match;
  const basisPoints = Number(whole + fraction.padEnd(2, '0'));
  return basisPoints <= WHOLE ? basisPoints : undefined;
}
