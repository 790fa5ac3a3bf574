/**
 * What an error means to its caller. Each surface (HTTP, gRPC, consumers) maps kinds, never single codes:
 * a new code needs no change there.
 */
export type ErrorKind =
  | 'invalid' // the request itself is wrong; sending it again is pointless
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict' // the state of the thing does not allow it, or somebody was faster
  | 'rejected' // understood and refused by a rule outside the aggregate (unknown product, unusable code)
  | 'payment-required'
  | 'too-many'
  | 'unavailable' // a dependency is away; try again later
  | 'bug';

export interface ErrorOptions {
  /** Extra members of the problem document, safe to show to a client. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Overrides what the kind says: only `unavailable` and `too-many` are retryable by themselves. */
  readonly retryable?: boolean;
  /** Seconds after which a retry makes sense. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** An expected failure with a stable code. Everything else that is thrown counts as a bug. */
export class DomainError extends Error {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, kind: ErrorKind, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.kind = kind;
    this.retryable = options.retryable ?? (kind === 'unavailable' || kind === 'too-many');
    this.retryAfter = options.retryAfter;
    this.details = options.details ?? {};
  }
}

export function isDomainError(error: unknown): error is DomainError {
  return error instanceof DomainError;
}

/** The end of a switch over a union: fails to compile when a case is missing. */
export function unreachable(value: never): never {
  throw new DomainError('UNREACHABLE', 'bug', `unexpected value ${String(value)}`);
}

/** One row of a service's error table. */
export type ErrorRow = readonly [kind: ErrorKind, message: string];

/**
 * A service's error table as a function: `const orderError = errorTable({ ORDER_NOT_FOUND: ['not-found', '…'] })`,
 * then `throw orderError('ORDER_NOT_FOUND')`. A code that is not in the table does not compile.
 */
export function errorTable<T extends Readonly<Record<string, ErrorRow>>>(table: T) {
  return (code: keyof T & string, options: ErrorOptions & { message?: string } = {}): DomainError => {
    const [kind, message] = table[code] as ErrorRow;
    return new DomainError(code, kind, options.message ?? message, options);
  };
}
