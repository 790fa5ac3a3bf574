import { DomainError } from './errors.ts';
import { exponents } from './currencies.ts';

/** Integer minor units (cents for USD, yen for JPY) of one currency. Never a float. */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

/** The largest amount taken anywhere, in minor units: fits Postgres bigint and Avro decimal(20,4) in every currency. */
export const MAX_MINOR = 10n ** 15n;

/**
 * Digits after the decimal point in a currency (ISO 4217): USD 2, JPY 0, KWD 3.
 * @throws DomainError UNKNOWN_CURRENCY
 */
export function exponentOf(currency: string): number {
  const exponent = exponents.get(currency);
  if (exponent === undefined) {
    throw new DomainError('UNKNOWN_CURRENCY', 'invalid', `${currency} is not an ISO 4217 currency`);
  }
  return exponent;
}

export function isCurrency(currency: string): boolean {
  return exponents.has(currency);
}

const DECIMAL = /^(-?)(\d{1,16})(?:\.(\d{1,6}))?$/;

/**
 * Minor units of an amount on the wire. Strings ("129.50") and JSON numbers are taken only where they are exact in
 * the currency: 129.5 USD yes, 129.505 USD no, 0.1 JPY no. Trailing zeros are fine.
 * @throws DomainError INVALID_AMOUNT, UNKNOWN_CURRENCY
 */
export function parseAmount(value: string | number, currency: string): bigint {
  const exponent = exponentOf(currency);
  const match = DECIMAL.exec(String(value));
  if (!match) throw invalidAmount(value, currency);
  const [, sign, whole = '0', fraction = ''] = match;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > exponent) throw invalidAmount(value, currency);
  const minor = BigInt(whole + significant.padEnd(exponent, '0'));
  if (minor > MAX_MINOR) throw invalidAmount(value, currency);
  return sign === '-' ? -minor : minor;
}

/** The decimal string of an amount, with exactly the currency's digits: 12950n USD → "129.50". */
export function formatAmount(minor: bigint, currency: string): string {
  const exponent = exponentOf(currency);
  const negative = minor < 0n;
  const digits = (negative ? -minor : minor).toString().padStart(exponent + 1, '0');
  const cut = digits.length - exponent;
  const text = exponent === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return negative ? `-${text}` : text;
}

/**
 * Splits an amount by weights without losing a minor unit: the largest remainders get the spare units, earlier
 * ones first, so the same input always splits the same way. Weights must not all be zero.
 */
export function allocate(minor: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total <= 0n || weights.some((weight) => weight < 0n)) {
    throw new DomainError('INVALID_WEIGHTS', 'bug', 'weights must be non-negative and not all zero');
  }
  const sign = minor < 0n ? -1n : 1n;
  const amount = minor * sign;
  const shares = weights.map((weight) => (amount * weight) / total);
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (amount * weight) % total }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  let spare = amount - shares.reduce((sum, share) => sum + share, 0n);
  for (const { index } of byRemainder) {
    if (spare === 0n) break;
    shares[index] = (shares[index] ?? 0n) + 1n;
    spare -= 1n;
  }
  return shares.map((share) => share * sign);
}

function invalidAmount(value: string | number, currency: string): DomainError {
  return new DomainError('INVALID_AMOUNT', 'invalid', `${value} is not an exact amount of ${currency}`);
}
