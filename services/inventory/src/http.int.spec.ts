import { newId } from '@tradewind/kernel/ids.ts';
import { createInMemoryBroker } from '@tradewind/messaging/in-memory-broker.ts';
import { replyFinder } from '@tradewind/outbox/idempotency.ts';
import { serviceConfig } from '@tradewind/service/config.ts';
import { createHttp, type HttpApp } from '@tradewind/service/http.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { tokenVerifier } from '@tradewind/service/tokens.ts';
import { type HttpClient, httpClient } from '@tradewind/testing/http.ts';
import { type TokenIssuer, tokenIssuer } from '@tradewind/testing/tokens.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStores } from '@tradewind/projection-stores/open-stores.ts';
import { snapshotReader } from '#read-snapshot/snapshots.ts';
import { registerRoutes } from '#http.ts';
import { openInventory } from '#inventory.fixture.ts';
import { reservationMetrics } from '#metrics.ts';
import { stockQueries } from '#read-stock/queries.ts';

interface Body {
  readonly code?: string;
  readonly version?: number;
  readonly reservationId?: string;
  readonly items?: readonly { readonly sku: string; readonly suggestedQty?: number }[];
  readonly nextCursor?: string | null;
  readonly [field: string]: unknown;
}

let inventory: Awaited<ReturnType<typeof openInventory>>;
let issuer: TokenIssuer;
let app: HttpApp;
let url: string;
let merchant: HttpClient;
let stranger: HttpClient;

const pathOf = (sku: string, storeId = 'STORE-1') => `/api/v1/stores/${storeId}/inventory/${sku}`;
const newStock = async (onHand: number, more: object = {}) => {
  const sku = `SKU-${newId()}`;
  const { status } = await merchant.put(pathOf(sku), { productId: `P-${sku}`, onHand, ...more });
  expect(status).toBe(201);
  return sku;
};

beforeAll(async () => {
  inventory = await openInventory();
  issuer = await tokenIssuer();
  const logger = createLogger('inventory', 'silent');
  app = await createHttp({
    ...{ service: 'inventory', logger, findReply: replyFinder(inventory.db) },
    config: serviceConfig.parse({ PORT: 0, JWKS_URL: issuer.jwksUrl, JWT_ISSUER: issuer.issuer }),
    tokens: tokenVerifier({ jwksUrl: issuer.jwksUrl, issuer: issuer.issuer }),
  });
  const { db, systemDb, store } = inventory;
  registerRoutes(app, {
    snapshots: snapshotReader(inventory.db, openStores('inventory', {})),
    ...{ db, systemDb, store, queries: stockQueries(db), metrics: reservationMetrics(), ttlMs: 900_000 },
    ...{ log: createInMemoryBroker({ topics: [] }), wakeRelay: () => undefined },
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  merchant = httpClient(url, await issuer.token({ roles: ['MERCHANT'] }));
  stranger = httpClient(url, await issuer.token({ roles: ['ADMIN'], storeId: 'STORE-2' }));
});
afterAll(async () => {
  await app.close();
  await issuer.close();
  await inventory.close();
});

describe('stock', () => {
  it('is counted, read and adjusted, with its version as ETag', async () => {
    const sku = await newStock(10);
    const read = await merchant.get<Body>(pathOf(sku));
    expect(read.headers.get('etag')).toBe('"1"');
    expect(read.body).toMatchObject({
      sku,
      storeId: 'STORE-1',
      productId: `P-${sku}`,
      onHand: 10,
      reserved: 0,
      available: 10,
      version: 1,
    });
    const adjusted = await merchant.post<Body>(`${pathOf(sku)}/adjust`, {
      delta: -3,
      reason: 'DAMAGED',
      expectedVersion: 1,
    });
    expect(adjusted).toMatchObject({ status: 200, body: { onHand: 7, version: 2 } });
    const stale = await merchant.post<Body>(
      `${pathOf(sku)}/adjust`,
      { delta: -3, reason: 'DAMAGED' },
      { version: 1 },
    );
    expect(stale).toMatchObject({ status: 409, body: { code: 'VERSION_CONFLICT', currentVersion: 2 } });
    const below = await merchant.post<Body>(`${pathOf(sku)}/adjust`, { delta: -8, reason: 'DAMAGED' });
    expect(below).toMatchObject({ status: 409, body: { code: 'NEGATIVE_STOCK' } });
  });

  it('is adjusted once per Idempotency-Key', async () => {
    const sku = await newStock(10);
    const adjust = () =>
      merchant.post<Body>(`${pathOf(sku)}/adjust`, { delta: 5, reason: 'RECEIVED' }, { idempotencyKey: sku });
    const first = await adjust();
    const second = await adjust();
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    expect((await merchant.get<Body>(pathOf(sku))).body['onHand']).toBe(15);
  });

  it('of another location is its own; of another tenant there is none', async () => {
    const sku = await newStock(10);
    const north = await merchant.put(pathOf(sku, 'STORE-1-NORTH'), { productId: `P-${sku}`, onHand: 4 });
    expect(north.status).toBe(201);
    expect((await merchant.get<Body>(pathOf(sku, 'STORE-1-NORTH'))).body['onHand']).toBe(4);
    expect((await merchant.put(pathOf(sku, 'STORE-2'), { productId: 'P', onHand: 4 })).status).toBe(404);
    expect((await stranger.get(pathOf(sku))).status).toBe(404);
    expect((await stranger.get(pathOf(sku, 'STORE-2'))).status).toBe(404);
    expect((await merchant.get(pathOf('NOTHING'))).status).toBe(404);
  });

  it('refuses bodies with unknown or senseless fields, and callers without a role', async () => {
    const sku = await newStock(10);
    for (const body of [
      { delta: 0, reason: 'X' },
      { delta: 1.5, reason: 'X' },
      { delta: 1 },
      { delta: 1, reason: 'X', odd: 1 },
    ]) {
      expect((await merchant.post(`${pathOf(sku)}/adjust`, body)).status).toBe(400);
    }
    const token = await issuer.token({ roles: ['CUSTOMER'] });
    expect((await merchant.post(`${pathOf(sku)}/adjust`, { delta: 1, reason: 'X' }, { token })).status).toBe(
      403,
    );
    expect((await merchant.get(pathOf(sku), { token })).status).toBe(200);
    expect((await httpClient(url).get(pathOf(sku))).status).toBe(401);
  });

  it('that is low is listed page by page, with what to buy', async () => {
    const skus = [await newStock(3, { reorderPoint: 5 }), await newStock(0, { reorderPoint: 1 })].sort();
    await newStock(50, { reorderPoint: 5 });
    const first = await merchant.get<Body>('/api/v1/inventory/low-stock?limit=1');
    const second = await merchant.get<Body>(
      `/api/v1/inventory/low-stock?limit=1&cursor=${first.body.nextCursor}`,
    );
    expect([first, second].map(({ body }) => body.items?.[0]?.sku)).toEqual(skus);
    expect(second.body.nextCursor).toBeNull();
    const reorder = await merchant.get<Body>('/api/v1/inventory/reorder');
    expect(reorder.body.items?.map(({ suggestedQty }) => suggestedQty).sort()).toEqual([2, 7]);
    expect((await merchant.get('/api/v1/inventory/low-stock?limit=101')).status).toBe(400);
  });
});

describe('reservations', () => {
  it('are held, read, sold and given back', async () => {
    const sku = await newStock(10);
    const reservationId = newId();
    const held = await merchant.post<Body>(`${pathOf(sku)}/reserve`, { qty: 4, reservationId });
    expect(held).toMatchObject({
      status: 201,
      body: { reservationId, state: 'HELD', lines: [{ sku, qty: 4 }] },
    });
    const again = await merchant.post<Body>(`${pathOf(sku)}/reserve`, { qty: 4, reservationId });
    expect(again.body).toEqual(held.body);
    const path = `/api/v1/reservations/${reservationId}`;
    expect((await merchant.get<Body>(path)).body).toEqual(held.body);
    expect((await stranger.get(path)).status).toBe(404);
    expect((await merchant.post<Body>(`${path}/confirm`)).body['state']).toBe('COMMITTED');
    expect((await merchant.get<Body>(pathOf(sku))).body).toMatchObject({ onHand: 6, reserved: 0 });
    expect((await merchant.delete<Body>(path)).body['state']).toBe('RELEASED');
    expect((await merchant.post<Body>(`${path}/confirm`)).body.code).toBe('RESERVATION_RELEASED');
    expect((await merchant.get<Body>(pathOf(sku))).body).toMatchObject({ onHand: 10, available: 10 });
    expect((await merchant.get<Body>('/api/v1/inventory/drift')).body.items).toEqual([]);
  });

  it('are refused where there is too little, or nothing to hold', async () => {
    const sku = await newStock(2);
    const short = await merchant.post<Body>(`${pathOf(sku)}/reserve`, { qty: 3 });
    expect(short).toMatchObject({
      status: 409,
      body: { code: 'INSUFFICIENT_STOCK', lines: [{ sku, requested: 3, available: 2 }] },
    });
    expect((await merchant.post(`${pathOf('NOTHING')}/reserve`, { qty: 1 })).status).toBe(404);
    expect((await merchant.get('/api/v1/reservations/NOTHING')).status).toBe(404);
  });
});

it('describes every route', async () => {
  const { body } = await httpClient(url).get<{ paths: Record<string, object> }>('/openapi.json');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/api/v1/sync', '/api/v1/inventory/{productId}/snapshot']),
  );
});
