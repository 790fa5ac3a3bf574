import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encode } from '#codec.ts';
import type { EventType } from '#event.ts';
import { registerSchemas } from '#register.ts';
import { startRegistry, type RegistryFixture } from '#registry.fixture.ts';
import { createSchemaRegistry } from '#registry.ts';
import { orderCreated, stockAdjusted } from '#sample-events.fixture.ts';

const adjusted: EventType = 'ecommerce.inventory.stock.adjusted.v1';
const created: EventType = 'ecommerce.order.order.created.v1';

describe('schema registry', () => {
  let server: RegistryFixture;
  let folder: string;
  let cacheFile: string;
  beforeEach(async () => {
    server = await startRegistry();
    folder = mkdtempSync(join(tmpdir(), 'registry-'));
    cacheFile = join(folder, 'schemas.json');
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('encodes and decodes at once what it was loaded with', async () => {
    await registerSchemas({ registryUrl: server.url });
    const registry = createSchemaRegistry({ url: server.url });
    await registry.load([adjusted, created]);
    for (const event of [stockAdjusted(), orderCreated()]) {
      expect(registry.decode(encode(event, registry.idFor(event.eventType)))).toEqual(event);
    }
  });

  it('gives its rule to a subject that a registration which was killed has left without', async () => {
    await registerSchemas({ registryUrl: server.url });
    const rule = `${server.url}/config/${encodeURIComponent(adjusted)}`;
    await fetch(rule, { method: 'PUT', body: JSON.stringify({ compatibility: 'NONE' }) });
    await registerSchemas({ registryUrl: server.url });
    expect(await (await fetch(rule)).json()).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' });
  });

  it('fetches the schema of an unknown id once, however many messages wait for it', async () => {
    await registerSchemas({ registryUrl: server.url });
    const writer = createSchemaRegistry({ url: server.url });
    await writer.load([adjusted]);
    const bytes = encode(stockAdjusted(), writer.idFor(adjusted));
    const reader = createSchemaRegistry({ url: server.url });
    server.requests.length = 0;
    const answers = await Promise.all([reader.decode(bytes), reader.decode(bytes), reader.prepare([bytes])]);
    expect(answers[0]).toEqual(stockAdjusted());
    expect(server.requests).toHaveLength(1);
    expect(reader.decode(bytes)).toEqual(stockAdjusted());
  });

  it('works on with the registry down, and starts again from its cache', async () => {
    await registerSchemas({ registryUrl: server.url });
    const registry = createSchemaRegistry({ url: server.url, cacheFile });
    await registry.load([adjusted]);
    const other = createSchemaRegistry({ url: server.url });
    await other.load([created]);
    const foreign = encode(orderCreated(), other.idFor(created));
    await registry.decode(foreign);
    await server.stop();

    expect(registry.decode(foreign)).toEqual(orderCreated());
    const restarted = createSchemaRegistry({ url: server.url, cacheFile });
    await restarted.load([adjusted]);
    expect(restarted.decode(encode(stockAdjusted(), restarted.idFor(adjusted)))).toEqual(stockAdjusted());
    expect(await restarted.decode(foreign)).toEqual(orderCreated());
  });

  it('says so when it is down and there is no cache', async () => {
    await server.stop();
    writeFileSync(cacheFile, '{ damaged');
    const registry = createSchemaRegistry({ url: server.url, cacheFile });
    const down = { code: 'SCHEMA_REGISTRY_UNAVAILABLE', retryable: true };
    await expect(registry.load([adjusted])).rejects.toMatchObject(down);
    await expect(registry.decode(encode(stockAdjusted(), 3))).rejects.toMatchObject(down);
  });

  it('gives up on a registry that does not answer', async () => {
    const hanging = await startRegistry({ hangs: true });
    try {
      const registry = createSchemaRegistry({ url: hanging.url, timeoutMs: 50 });
      await expect(registry.load([adjusted])).rejects.toMatchObject({ code: 'SCHEMA_REGISTRY_UNAVAILABLE' });
      expect(hanging.requests).toHaveLength(3);
    } finally {
      await hanging.stop();
    }
  });

  it('does not trust the cache over a registry that was set up anew', async () => {
    await registerSchemas({ registryUrl: server.url });
    const before = createSchemaRegistry({ url: server.url, cacheFile });
    await before.load([adjusted]);
    const fresh = await startRegistry();
    try {
      const after = createSchemaRegistry({ url: fresh.url, cacheFile });
      await expect(after.load([adjusted])).rejects.toMatchObject({ code: 'SCHEMA_NOT_REGISTERED' });
    } finally {
      await fresh.stop();
    }
  });

  it('has no id for an event that it was not loaded with', () => {
    const registry = createSchemaRegistry({ url: server.url });
    expect(() => registry.idFor(adjusted)).toThrow(expect.objectContaining({ code: 'SCHEMA_NOT_LOADED' }));
  });
});
