import { Metadata, type ServiceError, status, type StatusObject } from '@grpc/grpc-js';
import {
  decodeFailure,
  encodeFailure,
  type GrpcFailure,
  STATUS_DETAILS_KEY,
} from '@tradewind/contracts/grpc-status.ts';
import type { ShortLine } from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { DomainError, type ErrorKind, isDomainError } from '@tradewind/kernel/errors.ts';

const statusByKind: Readonly<Record<ErrorKind, status>> = {
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  'payment-required': status.FAILED_PRECONDITION,
  forbidden: status.PERMISSION_DENIED,
  'not-found': status.NOT_FOUND,
  conflict: status.FAILED_PRECONDITION,
  rejected: status.FAILED_PRECONDITION,
  'too-many': status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  bug: status.INTERNAL,
};

const kindByStatus: Readonly<Partial<Record<status, ErrorKind>>> = {
  [status.INVALID_ARGUMENT]: 'invalid',
  [status.OUT_OF_RANGE]: 'invalid',
  [status.UNAUTHENTICATED]: 'unauthenticated',
  [status.PERMISSION_DENIED]: 'forbidden',
  [status.NOT_FOUND]: 'not-found',
  [status.FAILED_PRECONDITION]: 'conflict',
  [status.ALREADY_EXISTS]: 'conflict',
  [status.ABORTED]: 'conflict',
  [status.RESOURCE_EXHAUSTED]: 'too-many',
  [status.UNAVAILABLE]: 'unavailable',
  [status.CANCELLED]: 'unavailable',
  [status.DEADLINE_EXCEEDED]: 'unavailable',
};

/** Codes whose status says more than their kind does. */
export type StatusByCode = Readonly<Record<string, status>>;

/** What a caller gets when its deadline passed: on a client the outcome is unknown, on a server nothing was done. */
export const DEADLINE_EXCEEDED = 'DEADLINE_EXCEEDED';

export function deadlineExceeded(cause?: unknown): DomainError {
  return new DomainError(DEADLINE_EXCEEDED, 'unavailable', 'the deadline has passed', { cause });
}

/** An error as gRPC carries it; what was not foreseen says nothing but INTERNAL. */
export function failureOf(error: unknown, statuses: StatusByCode = {}): GrpcFailure {
  if (!isDomainError(error) || error.kind === 'bug') {
    return { status: status.INTERNAL, code: 'INTERNAL', message: 'the call was not carried out' };
  }
  const own = error.code === DEADLINE_EXCEEDED ? status.DEADLINE_EXCEEDED : statuses[error.code];
  const { lines } = error.details as { lines?: ShortLine[] };
  const some = Object.keys(error.details).length > 0 ? { details: error.details } : {};
  const told = error.code === 'INSUFFICIENT_STOCK' && lines ? { insufficientStock: { lines } } : some;
  return {
    status: own ?? statusByKind[error.kind],
    code: error.code,
    message: error.message,
    ...told,
  };
}

/** The status that ends a failed call, with its google.rpc.Status in the trailer. */
export function toStatusObject(failure: GrpcFailure): StatusObject {
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS_KEY, encodeFailure(failure));
  return { code: failure.status, details: failure.message, metadata };
}

/**
 * The error of a failed call, as the callee's own code where it sent one. `unavailable` names the code of a callee that
 * can't be reached. DEADLINE_EXCEEDED, and an UNAVAILABLE that broke off a running call, leave the outcome unknown.
 */
export function fromServiceError(error: ServiceError, unavailable: string): DomainError {
  if (error.code === status.DEADLINE_EXCEEDED) return deadlineExceeded(error);
  const bytes = error.metadata?.get(STATUS_DETAILS_KEY)[0];
  const sent = Buffer.isBuffer(bytes) ? failureIn(bytes) : undefined;
  const kind = kindByStatus[error.code] ?? 'bug';
  const code = sent?.code || (kind === 'unavailable' ? unavailable : (status[error.code] ?? 'UNKNOWN'));
  const details = sent?.insufficientStock ? { lines: sent.insufficientStock.lines } : (sent?.details ?? {});
  return new DomainError(code, kind, sent?.message || error.details || code, {
    details,
    cause: error,
    ...(kind === 'unavailable' ? { retryAfter: 1 } : {}),
  });
}

/** The failure inside a trailer; undefined for bytes that are none: a proxy between the two may have made them. */
function failureIn(bytes: Buffer): GrpcFailure | undefined {
  try {
    return decodeFailure(bytes);
  } catch {
    return undefined;
  }
}
