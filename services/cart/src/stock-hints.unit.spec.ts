import type { GrpcClient } from '@tradewind/service/grpc-client.ts';
import { fromServiceError } from '@tradewind/service/grpc-errors.ts';
import { describe, expect, it } from 'vitest';
import { stockHints } from './stock-hints.ts';

const context = { storeId: 'STORE-1', correlationId: 'C', causationId: null };

function inventory(answer: () => object) {
  const warnings: object[] = [];
  const client: GrpcClient = { call: async () => answer() as never, close: () => undefined };
  const silent = () => undefined;
  const log = {
    ...{ debug: silent, info: silent, error: silent },
    warn: (fields: object) => void warnings.push(fields),
  };
  return { hints: stockHints(client, log), warnings };
}

const statuses = {
  DEADLINE_EXCEEDED: 4,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
};

/** As the client tells it. */
function failing(status: keyof typeof statuses) {
  const error = { code: statuses[status], details: '' } as Parameters<typeof fromServiceError>[0];
  return inventory(() => {
    throw fromServiceError(error, 'INVENTORY_UNAVAILABLE');
  });
}

describe('hints of stock', () => {
  it('tell what inventory tells, and ask no more than once within their time', async () => {
    let asked = 0;
    const { hints } = inventory(() => ({ stocks: [{ productId: 'P1', available: 3 + asked++ }] }));
    expect([...(await hints(['P1'], context))]).toEqual([['P1', 3]]);
    expect([...(await hints(['P1'], context))]).toEqual([['P1', 3]]);
  });

  it.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED'] as const)(
    'are not known while inventory is %s',
    async (code) => {
      const { hints, warnings } = failing(code);
      expect([...(await hints(['P1'], context))]).toEqual([]);
      expect(warnings).toEqual([]);
    },
  );

  it.each(['UNIMPLEMENTED', 'INTERNAL', 'UNAUTHENTICATED'] as const)(
    'are not known where inventory answers %s; that is logged once',
    async (code) => {
      const { hints, warnings } = failing(code);
      expect([...(await hints(['P1'], context))]).toEqual([]);
      expect([...(await hints(['P1', 'P2'], context))]).toEqual([]);
      expect(warnings).toMatchObject([{ code }]);
    },
  );

  it('hide no mistake of their own', async () => {
    const { hints } = inventory(() => ({}));
    await expect(hints(['P1'], context)).rejects.toThrow(TypeError);
  });
});
