import { describe, expect, it } from 'vitest';
import { decodeFailure, encodeFailure, fromStatus, toStatus } from '#grpc-status.ts';

const failure = {
  status: 9,
  code: 'INSUFFICIENT_STOCK',
  message: 'too little stock',
  insufficientStock: {
    lines: [{ productId: 'P1', sku: 'S1', storeId: 'STORE-1', requested: 3, available: 1 }],
  },
};

describe('grpc failure', () => {
  it('survives the trailer and the result of a batch', () => {
    expect(decodeFailure(encodeFailure(failure))).toEqual(failure);
    expect(fromStatus(toStatus(failure))).toEqual(failure);
  });

  it('is readable without details, as other servers send it', () => {
    expect(fromStatus({ code: 14, message: 'away', details: [] })).toEqual({
      status: 14,
      code: '',
      message: 'away',
    });
  });
});
