import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDecimal, fromDecimal, isDecimal, toDecimal, type Decimal } from '#decimal.ts';

describe('decimal', () => {
  it('moves the point by what the currency lacks of four digits', () => {
    expect(toDecimal(12950n, 'USD')).toBe(1_295_000n);
    expect(toDecimal(1000n, 'JPY')).toBe(10_000_000n);
    expect(toDecimal(1234n, 'KWD')).toBe(12_340n);
    expect(toDecimal(12345n, 'CLF')).toBe(12_345n);
    expect(toDecimal(-1n, 'EUR')).toBe(-100n);
  });

  it('comes back to the same minor units in every exponent', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 15n), 10n ** 15n),
        fc.constantFrom('JPY', 'USD', 'KWD', 'CLF'),
        (minor, currency) => {
          expect(fromDecimal(toDecimal(minor, currency), currency)).toBe(minor);
        },
      ),
    );
  });

  it('refuses an amount that the currency cannot show', () => {
    expect(() => fromDecimal(1n as Decimal, 'USD')).toThrow(
      expect.objectContaining({ code: 'DECIMAL_INEXACT' }),
    );
    expect(() => toDecimal(1n, 'XXX')).toThrow(expect.objectContaining({ code: 'UNKNOWN_CURRENCY' }));
    expect(() => toDecimal(10n ** 18n, 'USD')).toThrow(expect.objectContaining({ code: 'DECIMAL_RANGE' }));
  });

  it('is shown with the digits of its currency', () => {
    expect(formatDecimal(toDecimal(12950n, 'USD'), 'USD')).toBe('129.50');
    expect(formatDecimal(toDecimal(-5n, 'USD'), 'USD')).toBe('-0.05');
    expect(formatDecimal(toDecimal(1000n, 'JPY'), 'JPY')).toBe('1000');
  });

  it('has twenty digits at most, and is never a number', () => {
    expect(isDecimal(10n ** 20n - 1n)).toBe(true);
    expect(isDecimal(10n ** 20n)).toBe(false);
    expect(isDecimal(-(10n ** 20n))).toBe(false);
    expect(isDecimal(1)).toBe(false);
  });
});
