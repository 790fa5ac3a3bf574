import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { allocate, exponentOf, formatAmount, MAX_MINOR, parseAmount } from './money.ts';
import { exponents } from './currencies.ts';

const currency = fc.constantFrom(...exponents.keys());
const minor = fc.bigInt({ min: -MAX_MINOR, max: MAX_MINOR });

describe('money', () => {
  it.each([
    ['129.50', 'USD', 12950n],
    [129.5, 'USD', 12950n],
    ['129.5000', 'USD', 12950n],
    ['500', 'JPY', 500n],
    ['1.005', 'KWD', 1005n],
    ['-0.01', 'EUR', -1n],
  ])('reads %s %s', (text, code, expected) => {
    expect(parseAmount(text, code)).toBe(expected);
  });

  it.each([
    ['129.505', 'USD'],
    [129.505, 'USD'],
    [0.1 + 0.2, 'USD'],
    ['0.5', 'JPY'],
    ['1e3', 'USD'],
    [1e21, 'USD'],
    [Number.NaN, 'USD'],
    ['', 'USD'],
    [' 1', 'USD'],
    ['99999999999999999', 'USD'],
  ])('refuses %s %s', (text, code) => {
    expect(() => parseAmount(text, code)).toThrow(expect.objectContaining({ code: 'INVALID_AMOUNT' }));
  });

  it('refuses an unknown currency', () => {
    expect(() => exponentOf('ABC')).toThrow(expect.objectContaining({ code: 'UNKNOWN_CURRENCY' }));
  });

  it.prop([minor, currency])('reads back what it writes', (amount, code) => {
    expect(parseAmount(formatAmount(amount, code), code)).toBe(amount);
  });

  it.prop([minor, fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 20 })])(
    'splits without losing a minor unit',
    (amount, weights) => {
      fc.pre(weights.some((weight) => weight > 0n));
      const shares = allocate(amount, weights);
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(amount);
      weights.forEach((weight, index) => {
        if (weight === 0n) expect(shares[index]).toBe(0n);
      });
    },
  );
});
