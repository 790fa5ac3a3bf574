import { describe, expect, it } from 'vitest';
import { anybody, refusal, stack, urlOf } from './stack.fixture.ts';
import { goods, order, shopper, tryOrder } from './shop.fixture.ts';

const services = ['product', 'order', 'inventory', 'payment-adapter', 'identity', 'gateway'].filter(
  (name) => stack.services[name] !== undefined,
);

describe.each(services)('%s', (service) => {
  const client = anybody(service);

  it('lives and is ready', async () => {
    expect((await client.get('/health/live')).status).toBe(200);
    const ready = await client.get<{ ready: boolean; checks: object }>('/health/ready');
    expect([ready.status, ready.body.ready]).toEqual([200, true]);
    expect(Object.keys(ready.body.checks).length).toBeGreaterThan(0);
  });

  it('has metrics for Prometheus', async () => {
    await client.get('/health/live');
    const { status, body, headers } = await client.get<string>('/metrics');
    expect([status, headers.get('content-type')?.startsWith('text/plain')]).toEqual([200, true]);
    expect(body).toMatch(/^# TYPE http_server_duration_ms histogram$/m);
  });

  it('describes every route with examples', async () => {
    type Operation = { summary?: string; requestBody?: unknown };
    type Document = { openapi: string; paths: Record<string, Record<string, Operation>> };
    const { status, body } = await client.get<Document>('/openapi.json');
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    const routes = Object.entries(body.paths).filter(([path]) => path.startsWith('/api/'));
    expect(routes.length).toBeGreaterThan(0);
    for (const [path, methods] of routes) {
      for (const [method, operation] of Object.entries(methods)) {
        expect(operation.summary, `${method} ${path} has no summary`).toBeTruthy();
      }
    }
    expect(JSON.stringify(body)).toContain('"example');
  });

  it('tells nothing of its insides', async () => {
    const { headers, body } = await client.get('/api/v1/no-such-thing');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:|at .*\(/);
  });
});

describe('the metrics that the domain asks for', () => {
  it('are there', async () => {
    const [client, product] = [await shopper(), await goods({ onHand: 1 })];
    await order(client, product);
    expect(refusal(await tryOrder(client, product))[0]).toBe(409);
    await anybody().get(`/api/v1/products/${product.productId}`);
    const wanted = {
      order: ['orders_created_total', 'order_creation_latency_ms_bucket'],
      inventory: ['inventory_reservation_failures_total'],
      product: ['product_cache_hit_ratio'],
    };
    for (const [service, names] of Object.entries(wanted)) {
      const { body } = await anybody(service).get<string>('/metrics');
      for (const name of names) expect(body, `${service}: ${name}`).toMatch(new RegExp(`^${name}[ {]`, 'm'));
    }
  });
});

describe('the gateway', () => {
  it('shows the API of all services at /docs', async () => {
    const docs = await fetch(`${urlOf()}/docs`);
    expect([docs.status, docs.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
    expect(docs.headers.get('content-security-policy')).toContain("default-src 'self'");
    const { body } = await anybody().get<{ paths: object }>('/openapi.json');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/orders',
        '/api/v1/products',
        '/api/v1/stores/{storeId}/inventory/{sku}',
      ]),
    );
  });

  it('sends the usual protective headers', async () => {
    const { headers } = await anybody().get('/api/v1/products');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toBeTruthy();
    expect(headers.get('ratelimit-limit')).toBeTruthy();
  });

  it('lets pages of known origins call it, and no others', async () => {
    const ask = (origin: string): Promise<Response> =>
      fetch(`${urlOf()}/api/v1/orders`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type,idempotency-key',
        },
      });
    const known = await ask('http://localhost:3000');
    expect([known.status, known.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'http://localhost:3000',
    ]);
    expect(known.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('idempotency-key');
    const stranger = await ask('https://evil.example');
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });
});
