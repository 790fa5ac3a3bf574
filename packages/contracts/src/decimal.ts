import { DomainError } from '@tradewind/kernel/errors.ts';
import { exponentOf, formatAmount } from '@tradewind/kernel/money.ts';

declare const brand: unique symbol;

/**
 * An amount as events carry it: Avro decimal(20, 4), that is a bigint in units of 10^-4. Four digits, the largest
 * exponent of ISO 4217, fit every currency, so a reader need not know the currency to decode. Never mix it with
 * minor units: `toDecimal` and `fromDecimal` are the only way across.
 */
export type Decimal = bigint & { readonly [brand]: 'Decimal' };

export const SCALE = 4;
export const PRECISION = 20;
const LIMIT = 10n ** BigInt(PRECISION);

const factors = [10_000n, 1_000n, 100n, 10n, 1n] as const;

function factorOf(currency: string): bigint {
  const factor = factors[exponentOf(currency)];
  if (factor === undefined)
    throw new DomainError('UNKNOWN_CURRENCY', 'bug', `${currency} has too many digits`);
  return factor;
}

/**
 * Minor units of a currency as a Decimal: 12950n USD → 1295000n.
 * @throws DomainError UNKNOWN_CURRENCY; DECIMAL_RANGE beyond 20 digits
 */
export function toDecimal(minor: bigint, currency: string): Decimal {
  const value = minor * factorOf(currency);
  if (!isDecimal(value))
    throw new DomainError('DECIMAL_RANGE', 'bug', `${minor} ${currency} exceeds decimal(20,4)`);
  return value;
}

/**
 * Minor units of a Decimal in its currency.
 * @throws DomainError DECIMAL_INEXACT where it has more digits than the currency; UNKNOWN_CURRENCY
 */
export function fromDecimal(value: Decimal, currency: string): bigint {
  const factor = factorOf(currency);
  const minor = value / factor;
  if (minor * factor !== value) {
    throw new DomainError('DECIMAL_INEXACT', 'bug', `${value} / 10^${SCALE} is not exact in ${currency}`);
  }
  return minor;
}

/** The decimal string of the wire, with the currency's digits: "129.50" for USD. Throws like `fromDecimal`. */
export function formatDecimal(value: Decimal, currency: string): string {
  return formatAmount(fromDecimal(value, currency), currency);
}

/** Whether a value is a bigint that decimal(20, 4) can hold. */
export function isDecimal(value: unknown): value is Decimal {
  return typeof value === 'bigint' && value < LIMIT && value > -LIMIT;
}
