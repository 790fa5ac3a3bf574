import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import { parseAmount } from '@tradewind/kernel/money.ts';

/**
 * An amount that a client sent, in minor units.
 * @param path where it stands in the body
 * @throws DomainError INVALID_AMOUNT that names the place
 */
export function amountIn(given: string | number, currency: string, path: string): bigint {
  try {
    return parseAmount(given, currency);
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'INVALID_AMOUNT') throw error;
    const { code, kind, message } = error;
    throw new DomainError(code, kind, `body.${path}: ${message}`, {
      details: { errors: [{ path: `body.${path}`, message }] },
    });
  }
}
