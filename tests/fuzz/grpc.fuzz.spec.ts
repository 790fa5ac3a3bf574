import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { InventoryService } from '@tradewind/contracts/generated/proto/tradewind/inventory/v1/inventory.ts';
import { fuzzRuns, fuzzSeed } from '@tradewind/testing/fuzz-plan.ts';
import { mutations } from '@tradewind/testing/mutated-bytes.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goods } from '../e2e/shop.fixture.ts';
import { stack, token, unique } from '../e2e/stack.fixture.ts';
import { restartsOf } from './restarts.ts';
import { INNARDS } from './verdict.ts';
import { framed, throwFrames } from './frames.ts';

const CALLS = fuzzRuns(3_000);
const CONNECTIONS = fuzzRuns(200);
const LANES = 8;
const PATIENCE_MS = 20_000;
/** Statuses of gRPC that a request may bring about; UNKNOWN, INTERNAL and DATA_LOSS are ours to answer for. */
const EXPECTED = ['0', '3', '5', '6', '7', '8', '9', '12', '16'];

type Method = keyof typeof InventoryService;

let session: ClientHttp2Session;
let bearer: string;
let messages: { readonly path: string; readonly bytes: Buffer }[];

const pathOf = (method: Method): string => InventoryService[method].path;

async function valid(): Promise<typeof messages> {
  const { productId, sku } = await goods({ onHand: 100_000 });
  const reservationId = unique('FUZZ');
  const line = { productId, sku, qty: 1, storeId: 'STORE-1' };
  const reserve = { reservationId, lines: [line], ttlSeconds: 60, orderId: 'O-1', correlationId: 'c' };
  const expiresAt = new Date(Date.now() + 60_000);
  const requests: readonly [Method, object][] = [
    ['reserveStock', reserve],
    ['reserveStockBatch', { requests: [reserve, { ...reserve, reservationId: unique('FUZZ') }] }],
    ['queryStock', { productId, sku, storeId: 'STORE-1' }],
    ['holdReservation', { reservationId, expiresAt }],
    ['releaseStock', { reservationId, reason: 'fuzz' }],
    ['confirmReservation', { reservationId }],
  ];
  return requests.map(([method, request]) => ({
    path: pathOf(method),
    bytes: InventoryService[method].requestSerialize(request as never),
  }));
}

interface Reply {
  readonly http: number;
  readonly status: string;
  readonly message: string;
}

function call(path: string, data: Buffer, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
      ...{ authorization: bearer, ...headers },
    });
    let seen: Readonly<Record<string, string | string[] | number | undefined>> = {};
    stream.setTimeout(PATIENCE_MS, () => reject(new Error(`${path}: no reply`)));
    stream.on('response', (head) => (seen = { ...seen, ...(head as typeof seen) }));
    stream.on('trailers', (trailers) => (seen = { ...seen, ...(trailers as typeof seen) }));
    stream.on('error', reject);
    stream.on('close', () =>
      resolve({
        http: Number(seen[':status'] ?? 0),
        status: String(seen['grpc-status'] ?? 'none'),
        message: decodeURIComponent(String(seen['grpc-message'] ?? '')),
      }),
    );
    stream.resume();
    stream.end(data);
  });
}

beforeAll(async () => {
  bearer = `Bearer ${await token({ sub: 'order', roles: ['SERVICE'] })}`;
  messages = await valid();
  session = connectHttp2(`http://${stack.grpc}`);
});
afterAll(() => session.destroy());

async function expectGood(): Promise<void> {
  const { path, bytes } = messages.find((one) => one.path === pathOf('queryStock'))!;
  expect(await call(path, framed(bytes))).toMatchObject({ http: 200, status: '0' });
}

describe('inventory over gRPC', { timeout: 180_000 }, () => {
  it('answers mutated messages with a status of the contract', async () => {
    const before = await restartsOf('inventory');
    const statuses: Record<string, number> = {};
    const shot = fc.record({
      message: fc.constantFrom(...messages),
      mutate: fc.oneof(
        { weight: 9, arbitrary: mutations },
        { weight: 1, arbitrary: fc.constant((it: Buffer) => it) },
      ),
      headers: fc.constantFrom(
        {},
        {},
        {},
        { 'correlation-id': '\u00ff', traceparent: 'x' },
        { authorization: 'Bearer x' },
      ),
    });
    const property = fc.asyncProperty(shot, async ({ message, mutate, headers }) => {
      const bytes = mutate(message.bytes);
      const reply = await call(message.path, framed(bytes), headers as Record<string, string>);
      statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
      const what = `${message.path} ${bytes.toString('base64')} → ${JSON.stringify(reply)}`;
      expect(reply.http, what).toBe(200);
      expect(EXPECTED, what).toContain(reply.status);
      for (const form of INNARDS) expect(reply.message, what).not.toMatch(form);
    });
    const lanes = Array.from({ length: LANES }, (_, n) =>
      fc.assert(property, { seed: fuzzSeed + n, numRuns: Math.ceil(CALLS / LANES) }),
    );
    await Promise.all(lanes);
    expect(statuses['0'], JSON.stringify(statuses)).toBeGreaterThan(CALLS / 50);
    await expectGood();
    expect(await restartsOf('inventory')).toBe(before);
  });

  it('survives frames that are no HTTP/2, and serves all others meanwhile', async () => {
    const before = await restartsOf('inventory');
    const { path, bytes } = messages[0]!;
    const property = fc.asyncProperty(
      throwFrames({ authority: stack.grpc, path, bearer, bytes }),
      async (attack) => {
        const [ended] = await Promise.all([attack(), expectGood()]);
        expect(ended).toBe('over');
      },
    );
    const lanes = Array.from({ length: LANES }, (_, n) =>
      fc.assert(property, { seed: fuzzSeed + n, numRuns: Math.ceil(CONNECTIONS / LANES) }),
    );
    await Promise.all(lanes);
    await expectGood();
    expect(await restartsOf('inventory')).toBe(before);
  });
});
