import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { createInMemoryBroker } from '@tradewind/messaging/in-memory-broker.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { rebuild } from '@tradewind/outbox/rebuild.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TcpGate, tcpGate } from '@tradewind/cache/tcp-gate.fixture.ts';
import { createProduct } from '#create-product/decide.ts';
import { newMug } from '#product/product.fixture.ts';
import { productSearchIndex } from '#projections/product-search-index.ts';
import { type SearchBench, searchBench } from './search.fixture.ts';
import { searching } from './searching.fixture.ts';

/** Of a slow machine. */
const WITHIN = { within: 30_000 };

describe('product search in OpenSearch', () => {
  let bench: SearchBench;

  beforeAll(async () => {
    const { url } = await (await servers()).opensearch();
    bench = await searchBench('opensearch', url);
  });
  afterAll(() => bench?.close());

  searching(() => bench);
});

describe('with OpenSearch away', () => {
  let bench: SearchBench;
  let gate: TcpGate;

  beforeAll(async () => {
    const { url } = await (await servers()).opensearch();
    gate = await tcpGate(new URL(url));
    bench = await searchBench('opensearch', `http://127.0.0.1:${gate.port}`, 2_000);
  });
  afterAll(async () => {
    await bench?.close();
    await gate?.close();
  });

  /** What the list knows of a product, beside the index. */
  async function listed(storeId: string): Promise<void> {
    await bench.put(storeId, [{ id: 'P1', name: 'Mug', attributes: { color: 'red' } }]);
    await bench.owner(
      `insert into products (store_id, product_id, sku, name, price_minor, currency, price_since, attributes, status, version,
         created_at, updated_at)
       values ($1, 'P1', 'MUG', 'Mug', 1000, 'USD', now(), '{"color": "red"}', 'ACTIVE', 1, now(), now())`,
      [storeId],
    );
    await bench.owner(
      `insert into product_summary_v1 (store_id, product_id, sku, name, price_minor, price, currency, status, version,
         created_at, updated_at)
       values ($1, 'P1', 'MUG', 'Mug', 1000, 10, 'USD', 'ACTIVE', 1, now(), now())`,
      [storeId],
    );
    await answersItself(storeId);
  }

  const answersItself = (storeId: string) =>
    eventually(
      async () =>
        expect(await bench.search(storeId, { q: 'mug' })).toMatchObject({
          ...{ store: 'opensearch', degraded: false, body: { total: 1 } },
        }),
      WITHIN,
    );

  it('the product list answers and says so, until it is back', async () => {
    const storeId = bench.tenant();
    await listed(storeId);
    for (const trouble of ['shut', 'hang'] as const) {
      gate[trouble]();
      const attributes = new Map([['color', ['red']]]);
      const answer = await bench.search(storeId, { q: 'mugs', attributes });
      expect(answer).toMatchObject({ store: 'postgres', degraded: true, body: { total: 1 } });
      expect(answer.body.facets.attributes).toEqual([
        { name: 'color', values: [{ value: 'red', count: 1 }] },
      ]);
      const { body } = await bench.products.suggest(storeId, 'mu', 5);
      expect(body.items).toEqual([{ text: 'Mug', productId: 'P1' }]);
      gate.open();
      await answersItself(storeId);
    }
  });

  it('a walk through its pages waits for it', async () => {
    const storeId = bench.tenant();
    await listed(storeId);
    await bench.put(storeId, [{ id: 'P2', name: 'Mug' }]);
    const { body } = await eventually(async () => {
      const first = await bench.search(storeId, { q: 'mug', limit: 1 });
      expect(first).toMatchObject({ degraded: false, body: { nextCursor: expect.any(String) } });
      return first;
    }, WITHIN);
    gate.shut();
    const next = () => bench.search(storeId, { q: 'mug', limit: 1 }, body.nextCursor ?? '');
    await expect(next()).rejects.toMatchObject({ code: 'SEARCH_UNAVAILABLE', retryAfter: 1 });
    gate.open();
    await eventually(async () => expect((await next()).body.items).toHaveLength(1), WITHIN);
  });

  it('a wiped index is told, stood in for, and built anew from the log, equal to the catalogue', async () => {
    const storeId = bench.tenant();
    const log = await loggedCatalogue(storeId);
    const store = await bench.stores.opensearch();
    try {
      const made = await log.replay();
      expect(made).toMatchObject({ store: 'opensearch', mismatches: [], switched: true });
      const found = () => bench.search(storeId, { q: 'mug' });
      await eventually(
        async () => expect(await found()).toMatchObject({ degraded: false, body: { total: 25 } }),
        WITHIN,
      );
      await store.drop(productSearchIndex, made.version);
      await eventually(async () => expect(await found()).toMatchObject({ degraded: true }));
      const again = await log.replay();
      expect(again).toMatchObject({ mismatches: [], switched: true, digest: made.digest, rows: made.rows });
      await eventually(
        async () => expect(await found()).toMatchObject({ degraded: false, body: { total: 25 } }),
        WITHIN,
      );
    } finally {
      await log.close();
    }
  });

  /** A catalogue in the write model, and its events in a log. */
  async function loggedCatalogue(storeId: string) {
    // Parity is of all tenants: those of other tests have no events.
    await bench.owner('truncate products cascade');
    const [topic = '', stock = ''] = productSearchIndex.topics;
    const broker = createInMemoryBroker({ topics: [topic, stock] });
    const registry = createLocalRegistry();
    const encoder = eventEncoder('product-service', registry);
    const messages = [];
    for (let at = 0; at < 25; at++) {
      const product = {
        ...newMug,
        productId: `P-${at}`,
        sku: `MUG-${at}`,
        attributes: { color: 'red', size: `${at}` },
      };
      const { productId, sku, name, priceMinor, currency, categoryId, attributes } = product;
      await bench.owner(
        `insert into products (store_id, product_id, sku, name, price_minor, currency, price_since, category_id, attributes,
           status, version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, now(), $7, $8, 'ACTIVE', 1, now(), now())`,
        [storeId, productId, sku, name, priceMinor, currency, categoryId, attributes],
      );
      const [event] = createProduct(undefined, product);
      const context = { storeId, correlationId: 'c', causationId: null };
      const eventId = `019f0c1e-7a70-7c3e-8f1e-0d9b6c1f${String(1000 + at)}`;
      const row = encoder.encode({ event: event!, eventId, version: 1, context }, new Date());
      const headers = { eventId, eventType: row.eventType, storeId, aggregateVersion: '1' };
      messages.push({ key: productId, value: row.payload, headers });
    }
    await broker.publisher().publish(topic, messages);
    return {
      close: () => broker.close(),
      replay: () =>
        rebuild({
          ...{ service: 'product', projection: productSearchIndex, broker, brokerLog: broker, verify: true },
          ...{
            db: bench.db,
            systemDb: bench.systemDb,
            ownerUrl: bench.ownerUrl,
            systemUrl: bench.systemUrl,
            stores: bench.stores,
          },
          store: 'opensearch',
          decode: (value) => registry.decode(value),
          onProgress: () => undefined,
          signal: new AbortController().signal,
        }),
    };
  }
});
