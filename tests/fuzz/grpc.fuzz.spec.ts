import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { fuzzRuns, fuzzSeed } from '@tradewind/testing/fuzz-plan.ts';
import { mutations } from '@tradewind/testing/mutated-bytes.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stack, token } from '../e2e/stack.fixture.ts';
import { restartsOf } from './restarts.ts';
import { INNARDS } from './verdict.ts';
import { framed, throwFrames } from './frames.ts';
import { type GrpcSurface, surfaces } from './grpc-surfaces.ts';

const CALLS = fuzzRuns(3_000);
const CONNECTIONS = fuzzRuns(200);
const LANES = 8;
const PATIENCE_MS = 20_000;
/** Statuses of gRPC that a request may bring about; UNKNOWN, INTERNAL and DATA_LOSS are ours to answer for. */
const EXPECTED = ['0', '3', '5', '6', '7', '8', '9', '12', '16'];

interface Reply {
  readonly http: number;
  readonly status: string;
  readonly message: string;
  /** Refusals of single requests travel inside. */
  readonly text: string;
}

it('every service with gRPC is attacked', () => {
  expect(Object.keys(surfaces).toSorted()).toEqual(Object.keys(stack.grpcServices).toSorted());
});

describe.each(Object.entries(surfaces))('%s over gRPC', { timeout: 180_000 }, (service, surfaceOf) => {
  let session: ClientHttp2Session;
  let bearer: string;
  let surface: GrpcSurface;

  beforeAll(async () => {
    bearer = `Bearer ${await token({ sub: 'order', roles: ['SERVICE'] })}`;
    surface = await surfaceOf();
    session = connectHttp2(`http://${surface.authority}`);
  });
  afterAll(() => session.destroy());

  function call(path: string, data: Buffer, headers: Record<string, string> = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const stream = session.request({
        ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
        ...{ authorization: bearer, ...headers },
      });
      let seen: Readonly<Record<string, string | string[] | number | undefined>> = {};
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => void parts.push(part));
      stream.setTimeout(PATIENCE_MS, () => reject(new Error(`${path}: no reply`)));
      stream.on('response', (head) => (seen = { ...seen, ...(head as typeof seen) }));
      stream.on('trailers', (trailers) => (seen = { ...seen, ...(trailers as typeof seen) }));
      stream.on('error', reject);
      stream.on('close', () =>
        resolve({
          http: Number(seen[':status'] ?? 0),
          status: String(seen['grpc-status'] ?? 'none'),
          message: decodeURIComponent(String(seen['grpc-message'] ?? '')),
          text: Buffer.concat(parts).toString('latin1'),
        }),
      );
      stream.end(data);
    });
  }

  async function expectGood(): Promise<void> {
    const { path, bytes } = surface.look;
    expect(await call(path, framed(bytes))).toMatchObject({ http: 200, status: '0' });
  }

  it('answers mutated messages with a status of the contract', async () => {
    const before = await restartsOf(service);
    const statuses: Record<string, number> = {};
    const shot = fc.record({
      message: fc.constantFrom(...surface.messages),
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
      for (const form of INNARDS) expect(reply.message + reply.text, what).not.toMatch(form);
    });
    const lanes = Array.from({ length: LANES }, (_, n) =>
      fc.assert(property, { seed: fuzzSeed + n, numRuns: Math.ceil(CALLS / LANES) }),
    );
    await Promise.all(lanes);
    expect(statuses['0'], JSON.stringify(statuses)).toBeGreaterThan(CALLS / 50);
    await expectGood();
    expect(await restartsOf(service)).toBe(before);
  });

  it('survives frames that are no HTTP/2, and serves all others meanwhile', async () => {
    const before = await restartsOf(service);
    const { authority, look } = surface;
    const property = fc.asyncProperty(throwFrames({ authority, bearer, ...look }), async (attack) => {
      const [ended] = await Promise.all([attack(), expectGood()]);
      expect(ended).toBe('over');
    });
    const lanes = Array.from({ length: LANES }, (_, n) =>
      fc.assert(property, { seed: fuzzSeed + n, numRuns: Math.ceil(CONNECTIONS / LANES) }),
    );
    await Promise.all(lanes);
    await expectGood();
    expect(await restartsOf(service)).toBe(before);
  });
});
