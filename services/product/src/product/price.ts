import { type DomainError, isDomainError } from '@tradewind/kernel/errors.ts';
import { parseAmount } from '@tradewind/kernel/money.ts';
import { productError } from '#errors.ts';

/**
 * Minor units of a price as a client wrote it: a decimal string, or a number where that is exact in the currency.
 * @throws DomainError INVALID_AMOUNT, UNKNOWN_CURRENCY, INVALID_PRICE, each naming the field
 */
export function priceIn(price: string | number, currency: string): bigint {
  let minor: bigint;
  try {
    minor = parseAmount(price, currency);
  } catch (error) {
    throw isDomainError(error) ? withField(error) : error;
  }
  if (minor < 0n)
    throw productError('INVALID_PRICE', { details: fieldErrors('price', 'must not be negative') });
  return minor;
}

function withField(error: DomainError): DomainError {
  const field = error.code === 'UNKNOWN_CURRENCY' ? 'currency' : 'price';
  const code = error.code === 'UNKNOWN_CURRENCY' ? 'UNKNOWN_CURRENCY' : 'INVALID_AMOUNT';
  return productError(code, { message: error.message, details: fieldErrors(field, error.message) });
}

const fieldErrors = (field: string, message: string) => ({ errors: [{ path: `body.${field}`, message }] });
