import { DomainError, isDomainError } from '@tradewind/kernel/errors.ts';

/** SQLSTATE of an error, where it is one of Postgres. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Name of the constraint that refused a row. */
export function violatedConstraint(error: unknown): string | undefined {
  const { code, constraint } = (error ?? {}) as { code?: string; constraint?: string };
  return code?.startsWith('23') ? constraint : undefined;
}

/** The transaction has read what another one changed before it could: tried again, it reads that. */
export class SerializationFailure extends Error {
  readonly code = '40001';
}

/** Deadlock or serialization failure: the same transaction may succeed when tried again. */
export function isRetryable(error: unknown): boolean {
  const code = sqlState(error);
  return code === '40001' || code === '40P01';
}

/** The values themselves are refused, by a type or a constraint: the same statement never succeeds with them. */
export function isDataError(error: unknown): boolean {
  const code = sqlState(error) ?? '';
  return code.startsWith('22') || code.startsWith('23');
}

const away = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'],
  ...['57P01', '57P02', '57P03', '53300', '25P03', '55P03', '57014'],
]);

/** Translates "the server is away or overloaded" into a retryable error; anything else passes through unchanged. */
export function databaseUnavailable(error: unknown): unknown {
  if (isDomainError(error)) return error;
  const code = sqlState(error);
  const message = error instanceof Error ? error.message : '';
  const lost =
    /Connection terminated|timeout exceeded when trying to connect|Client was closed|not queryable/i;
  if (away.has(code ?? '') || code?.startsWith('08') || lost.test(message)) {
    return new DomainError('DATABASE_UNAVAILABLE', 'unavailable', 'the database does not answer', {
      cause: error,
      retryAfter: 1,
    });
  }
  return error;
}
