import { Metadata, status } from '@grpc/grpc-js';
import { STATUS_DETAILS_KEY } from '@tradewind/contracts/grpc-status.ts';
import { DomainError, type ErrorKind } from '@tradewind/kernel/errors.ts';
import { describe, expect, it } from 'vitest';
import { deadlineExceeded, failureOf, fromServiceError, toStatusObject } from './grpc-errors.ts';

const kinds: [ErrorKind, status, ErrorKind][] = [
  ['invalid', status.INVALID_ARGUMENT, 'invalid'],
  ['unauthenticated', status.UNAUTHENTICATED, 'unauthenticated'],
  ['forbidden', status.PERMISSION_DENIED, 'forbidden'],
  ['not-found', status.NOT_FOUND, 'not-found'],
  ['conflict', status.FAILED_PRECONDITION, 'conflict'],
  ['rejected', status.FAILED_PRECONDITION, 'conflict'],
  ['too-many', status.RESOURCE_EXHAUSTED, 'too-many'],
  ['unavailable', status.UNAVAILABLE, 'unavailable'],
];

/** What a client makes of what a server sends. */
function roundTrip(error: unknown) {
  const sent = toStatusObject(failureOf(error));
  return fromServiceError({ ...sent, name: 'Error', message: sent.details }, 'CALLEE_UNAVAILABLE');
}

describe('an error over gRPC', () => {
  it.each(kinds)('%s has its status and comes back with its code', (kind, expected, back) => {
    const error = new DomainError('SOME_CODE', kind, 'some text');
    expect(failureOf(error).status).toBe(expected);
    expect(roundTrip(error)).toMatchObject({ code: 'SOME_CODE', kind: back, message: 'some text' });
  });

  it('carries the lines that are short', () => {
    const lines = [{ productId: 'P-1', sku: 'SKU-1', storeId: 'STORE-1', requested: 2, available: 1 }];
    const error = new DomainError('INSUFFICIENT_STOCK', 'conflict', 'not enough', { details: { lines } });
    expect(roundTrip(error).details).toEqual({ lines });
  });

  it('carries what other errors say for their clients', () => {
    const details = { codes: [{ code: 'SPRING', reason: 'ENDED' }] };
    const error = new DomainError('CODE_NOT_APPLICABLE', 'rejected', 'no', { details });
    expect(roundTrip(error).details).toEqual(details);
  });

  it('says nothing of what was not foreseen', () => {
    for (const error of [
      new Error('relation "secret" does not exist'),
      new DomainError('X', 'bug', 'secret'),
    ]) {
      expect(failureOf(error)).toEqual({
        status: status.INTERNAL,
        code: 'INTERNAL',
        message: 'the call was not carried out',
      });
      expect(roundTrip(error)).toMatchObject({ code: 'INTERNAL', kind: 'bug' });
    }
  });

  it('a code may have a status of its own', () => {
    const error = new DomainError('TAKEN', 'conflict', 'taken');
    expect(failureOf(error, { TAKEN: status.ALREADY_EXISTS }).status).toBe(status.ALREADY_EXISTS);
  });

  it('a passed deadline is neither success nor failure', () => {
    expect(failureOf(deadlineExceeded()).status).toBe(status.DEADLINE_EXCEEDED);
    expect(roundTrip(deadlineExceeded())).toMatchObject({ code: 'DEADLINE_EXCEEDED', retryable: true });
  });

  it('an unreachable callee has the code that the caller gave it, also behind a proxy that talks nonsense', () => {
    const metadata = new Metadata();
    metadata.set(STATUS_DETAILS_KEY, Buffer.from([0xff, 0xff, 0xff]));
    for (const trailer of [new Metadata(), metadata]) {
      const error = {
        code: status.UNAVAILABLE,
        details: 'no connection',
        metadata: trailer,
        name: 'Error',
        message: '',
      };
      expect(fromServiceError(error, 'CALLEE_UNAVAILABLE')).toMatchObject({
        ...{ code: 'CALLEE_UNAVAILABLE', kind: 'unavailable', retryAfter: 1 },
      });
    }
  });
});
