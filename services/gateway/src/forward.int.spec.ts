import { request as rawRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { echo, type Echoed, fakeService, startGateway } from './gateway.fixture.ts';

const asEchoed = async (response: Response): Promise<Echoed> => (await response.json()) as Echoed;

describe('forwarding', () => {
  it('passes method, path, query, body and end-to-end headers, and the reply with its ETag', async () => {
    const order = await fakeService(echo);
    const url = await startGateway({ order: order.url });
    const response = await fetch(`${url}/api/v1/orders/o-1/pay?limit=5&cursor=a%2Fb`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer abc',
        'content-type': 'application/json',
        'idempotency-key': 'k-1',
        'if-match': '"3"',
        'correlation-id': 'c-1',
      },
      body: '{"a":1}',
    });
    const got = await asEchoed(response);
    expect(got).toMatchObject({
      method: 'POST',
      url: '/api/v1/orders/o-1/pay?limit=5&cursor=a%2Fb',
      body: '{"a":1}',
    });
    expect(got.headers).toMatchObject({
      authorization: 'Bearer abc',
      'content-type': 'application/json',
      'idempotency-key': 'k-1',
      'if-match': '"3"',
      'correlation-id': 'c-1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(url).host,
      'x-forwarded-proto': 'http',
      host: new URL(order.url).host,
    });
    expect(response.headers.get('etag')).toBe('"7"');
    expect(response.headers.get('correlation-id')).toBe('c-1');
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('passes %s', async (method) => {
    const product = await fakeService(echo);
    const url = await startGateway({ product: product.url });
    const response = await fetch(`${url}/api/v1/products/p-1`, { method });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    expect(product.requests.map((request) => request.method)).toEqual([method]);
  });

  it('makes a correlation id where the client sent none, the same for service and client', async () => {
    const url = await startGateway({ order: (await fakeService(echo)).url });
    const response = await fetch(`${url}/api/v1/orders`);
    const { headers } = await asEchoed(response);
    expect(headers['correlation-id']).toMatch(/^[\w-]{36}$/);
    expect(response.headers.get('correlation-id')).toBe(headers['correlation-id']);
  });

  it('keeps headers of one connection to that connection, in both directions', async () => {
    const url = await startGateway({ order: (await fakeService(echo)).url });
    const { hostname, port } = new URL(url);
    const { got, headers } = await new Promise<{ got: Echoed; headers: NodeJS.Dict<string | string[]> }>(
      (resolve, reject) => {
        const sent = {
          connection: 'keep-alive, x-private',
          'x-private': 'secret',
          'keep-alive': 'timeout=9',
          te: 'trailers',
          'proxy-authorization': 'Basic abc',
          'x-public': 'kept',
        };
        rawRequest({ hostname, port, path: '/api/v1/orders', headers: sent }, (response) => {
          let text = '';
          response.on('data', (part: Buffer) => (text += part.toString()));
          response.on('end', () => resolve({ got: JSON.parse(text) as Echoed, headers: response.headers }));
        })
          .on('error', reject)
          .end();
      },
    );
    expect(got.headers['x-public']).toBe('kept');
    for (const name of ['x-private', 'keep-alive', 'te', 'proxy-authorization'])
      expect(got.headers).not.toHaveProperty(name);
    expect(headers['x-own']).toBe('yes');
    expect(headers['keep-alive']).toBe('timeout=75');
  });

  it('passes refusals of a service as they are, once', async () => {
    const busy = await fakeService((_request, response) => {
      response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '2' });
      response.end('{"code":"OVERLOADED"}');
    });
    const url = await startGateway({ order: busy.url });
    const response = await fetch(`${url}/api/v1/orders`);
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([
      503,
      '2',
      { code: 'OVERLOADED' },
    ]);
    expect(busy.requests).toHaveLength(1);
  });

  it('leaves redirects and locations of a service alone', async () => {
    const created = await fakeService((_request, response) => {
      response.writeHead(201, { location: '/api/v1/orders/o-1' }).end();
    });
    const url = await startGateway({ order: created.url });
    const response = await fetch(`${url}/api/v1/orders`, { method: 'POST' });
    expect(response.headers.get('location')).toBe('/api/v1/orders/o-1');
  });
});

describe('paths', () => {
  it('go to the service that owns them', async () => {
    const names = ['product', 'order', 'inventory', 'payment-adapter', 'identity'] as const;
    const services = await Promise.all(
      names.map(
        async (name) => [name, (await fakeService((_request, response) => response.end(name))).url] as const,
      ),
    );
    const url = await startGateway(Object.fromEntries(services));
    const owners = {
      '/api/v1/products': 'product',
      '/api/v1/products/search?q=x': 'product',
      '/api/v1/orders/1/events': 'order',
      '/api/v1/stores/STORE-1/inventory/SKU-1/adjust': 'inventory',
      '/api/v1/inventory/low-stock': 'inventory',
      '/api/v1/reservations/r-1': 'inventory',
      '/api/v1/sync': 'inventory',
      '/api/v1/payments': 'payment-adapter',
      '/api/v1/tokens': 'identity',
      '/api/v1/stores': 'identity',
      '/api/v1/stores/STORE-1': 'identity',
      '/api/v1/keys/rotate': 'identity',
      '/.well-known/jwks.json': 'identity',
    };
    const seen = await Promise.all(
      Object.keys(owners).map(async (path) => [path, await (await fetch(url + path)).text()] as const),
    );
    expect(Object.fromEntries(seen)).toEqual(owners);
  });

  it.each(['/api/v1/carts', '/api/v1/unknown', '/api/v1/productsX', '/api/v1/sync/more', '/internal', '/'])(
    '%s is nobody’s: 404',
    async (path) => {
      const product = await fakeService(echo);
      const url = await startGateway({ product: product.url, inventory: product.url });
      const response = await fetch(url + path);
      expect([response.status, await response.json()]).toMatchObject([404, { code: 'ROUTE_NOT_FOUND' }]);
      expect(product.requests).toHaveLength(0);
    },
  );

  it.each([
    '/api/v1/products/..%2f..%2f..%2fmetrics',
    '/api/v1/products/%2e%2e/orders',
    '/api/v1/products/%zz',
  ])('%s does not leave its folder: 400', async (path) => {
    const product = await fakeService(echo);
    const { hostname, port } = new URL(await startGateway({ product: product.url }));
    const status = await new Promise((resolve, reject) => {
      rawRequest({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(400);
    expect(product.requests).toHaveLength(0);
  });
});
