import {
  PricingService,
  type ResolveRequest,
  type ResolveResult,
  RuleKind,
} from '@tradewind/contracts/generated/proto/tradewind/pricing/v1/pricing.ts';
import { toStatus } from '@tradewind/contracts/grpc-status.ts';
import { grpcClient } from '@tradewind/service/grpc-client.ts';
import { grpcServer } from '@tradewind/service/grpc-server.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { log } from '#carts.fixture.ts';
import { pricesClient } from '#prices-client.ts';

const context = { storeId: 'STORE-1', correlationId: 'C-1', causationId: null };
const lines = [{ productId: 'P1', qty: 2 }];
const wanted = { lines, currency: undefined, codes: [], customerId: 'USER-9', segment: undefined };

const messages: ResolveRequest[][] = [];
const refused = (code: string, details: Record<string, unknown>): ResolveResult => ({
  outcome: { $case: 'error', value: toStatus({ status: 9, code, message: code, details }) },
});

function answer({ lines: [line], codes }: ResolveRequest): ResolveResult {
  if (line?.productId === 'GONE') {
    return refused('UNKNOWN_PRODUCT', { lines: [{ productId: 'GONE', archived: true }] });
  }
  if (codes.length > 0)
    return refused('CODE_NOT_APPLICABLE', { codes: [{ code: 'OLD', reason: 'EXPIRED' }] });
  const rules = [{ kind: RuleKind.FLASH_SALE, ruleId: 'S-1', name: 'Sale', amountMinor: 50n }];
  const amounts = { listMinor: 300n, priceMinor: 250n, totalMinor: 500n };
  const value = { totalMinor: 500n, discountMinor: 0n, freeShipping: true, rules: [], validUntil: undefined };
  const priced = { productId: 'P1', sku: '', qty: 2, ...amounts, rules };
  return { outcome: { $case: 'resolved', value: { currency: 'USD', lines: [priced], ...value } } };
}

let server: ReturnType<typeof grpcServer>;
let port: number;
const opened: { close(): void }[] = [];

beforeAll(async () => {
  port = await freePort();
  const principal = { sub: 'cart', roles: ['SERVICE' as const], storeId: 'STORE-1', permissions: [] };
  server = grpcServer({
    ...{ host: '127.0.0.1', port, log, tokens: { verify: () => principal } },
    definition: { resolveBatch: PricingService.resolveBatch },
    handlers: {
      resolveBatch: {
        access: 'authenticated',
        async handle({ requests }: { requests: ResolveRequest[] }) {
          messages.push(requests);
          return { results: requests.map(answer) };
        },
      },
    },
  });
  await server.start?.();
});
afterAll(async () => {
  opened.forEach((client) => client.close());
  await server.stop?.();
});

function client(at = port) {
  const grpc = grpcClient({
    address: `127.0.0.1:${at}`,
    token: async () => 'T',
    unavailable: 'PRICING_UNAVAILABLE',
  });
  opened.push(grpc);
  return pricesClient(grpc);
}

it('asks for the carts of one moment in one message, and each gets its own answer', async () => {
  const prices = client();
  const before = messages.length;
  const answers = await Promise.all([
    prices.resolve(wanted, context),
    prices.resolve({ ...wanted, lines: [{ productId: 'GONE', qty: 1 }] }, context),
    prices.resolve({ ...wanted, codes: ['old'] }, context),
  ]);
  expect(messages.length - before).toBe(1);
  expect(answers).toEqual([
    {
      kind: 'resolved',
      resolution: {
        ...{ currency: 'USD', total: 500n, discount: 0n, freeShipping: true, rules: [] },
        lines: [
          {
            ...{ productId: 'P1', sku: null, qty: 2, list: 300n, price: 250n, total: 500n },
            rules: [{ kind: 'FLASH_SALE', ruleId: 'S-1', name: 'Sale', amount: 50n }],
          },
        ],
      },
    },
    { kind: 'unknown-products', productIds: ['GONE'] },
    { kind: 'codes', problems: [{ code: 'old', reason: 'EXPIRED' }] },
  ]);
});

it('says that pricing is away, after a second try', async () => {
  await expect(client(await freePort()).resolve(wanted, context)).rejects.toMatchObject({
    code: 'PRICING_UNAVAILABLE',
    kind: 'unavailable',
  });
});
