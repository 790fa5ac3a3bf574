import type {
  ResolveBatchRequest,
  ResolveResult,
} from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { toStatus } from '@tradewind/contracts/grpc-status.ts';
import type { GrpcClient } from '@tradewind/service/grpc-client.ts';
import { describe, expect, it } from 'vitest';
import { pricesClient } from './prices-client.ts';

const context = { storeId: 'STORE-1', correlationId: 'C-1', causationId: null };
const order = {
  orderId: 'O-1',
  userId: 'USER-9',
  segment: undefined,
  currency: undefined,
  codes: [],
  ttlSeconds: 60,
};
const piecesOf = (productId: string) => ({ ...order, lines: [{ productId, qty: 1 }] });

const priced: ResolveResult = {
  outcome: {
    $case: 'resolved',
    value: {
      ...{ currency: 'USD', lines: [], rules: [], totalMinor: 500n, discountMinor: 0n },
      ...{ freeShipping: false, validUntil: undefined },
    },
  },
};

/** Pricing that answers the product of this id with a refusal, and everything else with a price. */
function refusing(productId: string, code: string): { readonly grpc: GrpcClient; readonly calls: number[] } {
  const error = toStatus({ status: 3, code, message: 'product_id: 1 to 200 visible characters' });
  const calls: number[] = [];
  const call = async (_: unknown, { requests }: ResolveBatchRequest) => {
    calls.push(requests.length);
    const results = requests.map(({ lines: [line] }): ResolveResult =>
      line?.productId === productId ? { outcome: { $case: 'error', value: error } } : priced,
    );
    return { results };
  };
  return { grpc: { call: call as never, close: () => undefined }, calls };
}

describe('a product id that nothing can have', () => {
  it("is the order's mistake: refused at once, and no outage", async () => {
    const { grpc, calls } = refusing(' ', 'INVALID_REQUEST');
    const prices = pricesClient(grpc);
    await expect(prices.resolve(piecesOf(' '), context)).rejects.toMatchObject({
      ...{ code: 'VALIDATION_FAILED', kind: 'invalid', retryable: false },
    });
    expect(calls).toEqual([1]);
  });

  it('does not touch the orders that travel in the same message', async () => {
    const { grpc } = refusing(' ', 'INVALID_REQUEST');
    const prices = pricesClient(grpc);
    const [bad, good] = await Promise.allSettled(
      [piecesOf(' '), piecesOf('P1')].map((one) => prices.resolve(one, context)),
    );
    expect([bad?.status, good]).toMatchObject(['rejected', { value: { currency: 'USD' } }]);
  });
});

it('a refusal that says nothing to an order is an outage of pricing', async () => {
  const prices = pricesClient(refusing('P1', 'SOMETHING_NEW').grpc);
  await expect(prices.resolve(piecesOf('P1'), context)).rejects.toMatchObject({
    ...{ code: 'PRICING_UNAVAILABLE', kind: 'unavailable', retryAfter: 2 },
  });
});
