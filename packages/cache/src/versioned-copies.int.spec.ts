import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { eventually } from '@tradewind/testing/eventually.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tcpGate } from './tcp-gate.fixture.ts';
import { type Copy, openVersionedCopies, type VersionedCopies } from './versioned-copies.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const settings = { prefix: 'gql:product:', ttlMs: 30_000, log: silent };
const part = (version: number): Copy => ({
  storeId: 'STORE 2 %',
  version,
  text: `{"name":"a b ü ${version}"}`,
});

let redis: Redis;
let product: VersionedCopies;
let inventory: VersionedCopies;

beforeAll(async () => {
  const { url } = await (await servers()).redis();
  redis = new Redis(url);
  // A busy machine is no outage.
  const patient = { ...settings, url, timeoutMs: 10_000 };
  product = openVersionedCopies({ ...patient, part: 'product' });
  inventory = openVersionedCopies({ ...patient, part: 'inventory' });
  await eventually(() => Promise.all([product.ping(), inventory.ping()]));
});

afterAll(async () => {
  await Promise.all([product?.close(), inventory?.close()]);
  redis?.disconnect();
});

async function readFromTables(cache: VersionedCopies, id: string, found: Copy): Promise<void> {
  expect(await cache.read([id])).toEqual([undefined]);
  cache.keep(new Map([[id, found]]));
}

describe('versioned copies', () => {
  it('holds the parts of several services for half a minute', async () => {
    const id = randomUUID();
    await readFromTables(product, id, part(1));
    await readFromTables(inventory, id, part(9));
    expect(await product.read([id, randomUUID()])).toEqual([part(1), undefined]);
    expect(await inventory.read([id])).toEqual([part(9)]);
    expect(await redis.hkeys(`gql:product:${id}`)).toEqual(['product', 'inventory']);
    const ttl = await redis.pttl(`gql:product:${id}`);
    expect(ttl).toBeGreaterThan(20_000);
    expect(ttl).toBeLessThanOrEqual(30_000);
  });

  it('loses a part when an event tells of a newer version, and no other part', async () => {
    const id = randomUUID();
    await readFromTables(product, id, part(1));
    await readFromTables(inventory, id, part(9));
    await product.invalidate(new Map([[id, 1]]));
    expect(await product.read([id])).toEqual([part(1)]);
    await product.invalidate(new Map([[id, 2]]));
    expect(await product.read([id])).toEqual([undefined]);
    expect(await inventory.read([id])).toEqual([part(9)]);
  });

  it('takes back nothing that was read before the event', async () => {
    const id = randomUUID();
    expect(await product.read([id])).toEqual([undefined]);
    await product.invalidate(new Map([[id, 2]]));
    product.keep(new Map([[id, part(1)]]));
    expect(await product.read([id])).toEqual([undefined]);
    product.keep(new Map([[id, part(2)]]));
    expect(await product.read([id])).toEqual([part(2)]);
  });

  it('keeps nothing that nobody said they would read, nor what was forgotten meanwhile', async () => {
    const id = randomUUID();
    await product.invalidate(new Map([[id, 2]]));
    expect(await redis.exists(`gql:product:${id}`)).toBe(0);
    await product.read([id]);
    await redis.del(`gql:product:${id}`);
    product.keep(new Map([[id, part(1)]]));
    await product.ping();
    expect(await redis.exists(`gql:product:${id}`)).toBe(0);
  });

  it('are set by events where somebody has read them, never back, and nowhere else', async () => {
    const [asked, unasked] = [randomUUID(), randomUUID()];
    await readFromTables(product, asked, part(1));
    expect(await product.peek([asked, unasked])).toEqual([part(1), undefined]);
    await product.update(
      new Map([
        [asked, part(2)],
        [unasked, part(2)],
      ]),
    );
    await product.update(new Map([[asked, part(1)]]));
    expect(await product.peek([asked, unasked])).toEqual([part(2), undefined]);
    expect(await redis.exists(`gql:product:${unasked}`)).toBe(0);
  });

  it('is a miss while Redis is away', async () => {
    const away = openVersionedCopies({
      ...settings,
      url: `redis://127.0.0.1:${await freePort()}`,
      part: 'product',
    });
    for (let read = 0; read < 50; read++) expect(await away.read(['P-1'])).toEqual([undefined]);
    away.keep(new Map([['P-1', part(1)]]));
    await expect(away.invalidate(new Map([['P-1', 2]]))).rejects.toThrow();
    await away.close();
  });

  it('waits a bounded time for a server that hangs, tells that an event was not taken, and comes back', async () => {
    const gate = await tcpGate(new URL((await (await servers()).redis()).url));
    const gated = openVersionedCopies({
      ...settings,
      ...{ url: `redis://127.0.0.1:${gate.port}`, part: 'product', timeoutMs: 1_000 },
    });
    const id = randomUUID();
    await eventually(() => gated.ping());
    const there = () => eventually(async () => expect(await gated.read([id])).toEqual([part(1)]));
    await readFromTables(gated, id, part(1));
    await there();
    gate.hang();
    expect(await gated.read([id])).toEqual([undefined]);
    await expect(gated.invalidate(new Map([[id, 2]]))).rejects.toThrow();
    gate.open();
    await there();
    gate.shut();
    await expect(gated.invalidate(new Map([[id, 2]]))).rejects.toThrow();
    gate.open();
    await eventually(() => gated.invalidate(new Map([[id, 2]])));
    expect(await gated.read([id])).toEqual([undefined]);
    await gated.close();
    await gate.close();
  });
});
