import { randomUUID } from 'node:crypto';
import { eventually } from '@tradewind/testing/eventually.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSharedCache, type SharedCache } from './shared-cache.ts';
import { type TcpGate, tcpGate } from './tcp-gate.fixture.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const version = (number: number, storeId = 'STORE-1') => ({
  storeId,
  version: number,
  etag: `"${number}"`,
  body: `{"name":"a b ${number} ü"}`,
});

let gate: TcpGate;
let cache: SharedCache;

beforeAll(async () => {
  gate = await tcpGate(new URL((await (await servers()).redis()).url));
  cache = openSharedCache({
    url: `redis://127.0.0.1:${gate.port}`,
    ttlMs: 5_000,
    timeoutMs: 75,
    log: silent,
  });
  await eventually(() => cache.ping());
});

afterAll(async () => {
  await cache?.close();
  await gate?.close();
});

async function filled(id: string, product: ReturnType<typeof version>) {
  cache.fill(id, product);
  await eventually(async () => expect(await cache.get(id)).toEqual(product));
}

describe('shared cache', () => {
  it('answers what was stored, tenant included', async () => {
    await filled(randomUUID(), version(1, 'STORE 2 %'));
  });

  it('loses what is older than an event, and does not take it back', async () => {
    const id = randomUUID();
    await filled(id, version(1));
    await cache.invalidate(id, 2);
    expect(await cache.get(id)).toBeUndefined();
    cache.fill(id, version(1));
    await cache.ping();
    expect(await cache.get(id)).toBeUndefined();
    await filled(id, version(2));
  });

  it('keeps what an event does not outdate', async () => {
    const id = randomUUID();
    await filled(id, version(3));
    await cache.invalidate(id, 3);
    await cache.invalidate(id, 2);
    expect(await cache.get(id)).toEqual(version(3));
  });

  it('waits a bounded time for a server that hangs, once a second, and comes back', async () => {
    const id = randomUUID();
    await filled(id, version(1));
    gate.hang();
    const started = performance.now();
    expect(await cache.get(id)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(1_000);
    const again = performance.now();
    for (let read = 0; read < 20; read++) await cache.get(id);
    expect(performance.now() - again).toBeLessThan(100);
    gate.open();
    await eventually(async () => expect(await cache.get(id)).toEqual(version(1)));
  });

  it('tells that an invalidation did not arrive', async () => {
    gate.shut();
    await expect(cache.invalidate(randomUUID(), 2)).rejects.toMatchObject({
      code: 'CACHE_UNAVAILABLE',
      retryable: true,
    });
    gate.open();
    await eventually(() => cache.invalidate(randomUUID(), 2));
  });
});
