import { request as rawRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import { freePort } from '@tradewind/testing/free-port.ts';
import { echo, fakeService, startGateway } from './gateway.fixture.ts';

const LIMIT = 256 * 1024;

describe('a service that is away', () => {
  it('is told as UPSTREAM_UNAVAILABLE with Retry-After', async () => {
    const url = await startGateway({ order: `http://127.0.0.1:${await freePort()}` });
    const response = await fetch(`${url}/api/v1/orders`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect(await response.json()).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      status: 503,
      instance: '/api/v1/orders',
    });
  });

  it('and comes back is found again', async () => {
    const port = await freePort();
    const url = await startGateway({ order: `http://127.0.0.1:${port}` });
    expect((await fetch(`${url}/api/v1/orders`)).status).toBe(503);
    const { createServer } = await import('node:http');
    const server = createServer(echo);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect((await fetch(`${url}/api/v1/orders`)).status).toBe(200);
    server.closeAllConnections();
    server.close();
  });

  it('does not answer in time: UPSTREAM_TIMEOUT', async () => {
    const silent = await fakeService(() => undefined);
    const url = await startGateway({ order: silent.url }, 300);
    const response = await fetch(`${url}/api/v1/orders`, { method: 'POST', body: '{}' });
    expect([response.status, await response.json()]).toMatchObject([503, { code: 'UPSTREAM_TIMEOUT' }]);
    expect(silent.requests).toHaveLength(1);
  });

  it('cuts the connection: reads are tried once more, writes never', async () => {
    const cutting = await fakeService((request) => request.socket.destroy());
    const url = await startGateway({ order: cutting.url });
    expect((await fetch(`${url}/api/v1/orders`)).status).toBe(503);
    expect(cutting.requests).toHaveLength(2);
    expect((await fetch(`${url}/api/v1/orders`, { method: 'POST', body: '{}' })).status).toBe(503);
    expect(cutting.requests).toHaveLength(3);
  });

  it('does not disturb the others', async () => {
    const product = await fakeService(echo);
    const url = await startGateway({ order: `http://127.0.0.1:${await freePort()}`, product: product.url });
    expect((await fetch(`${url}/api/v1/orders`)).status).toBe(503);
    expect((await fetch(`${url}/api/v1/products`)).status).toBe(200);
  });
});

describe('bodies', () => {
  it('of any media type go on: what is taken is the service’s to say', async () => {
    const order = await fakeService(echo);
    const url = await startGateway({ order: order.url });
    for (const type of ['text/plain', 'application/json', 'application/xml']) {
      const headers = { 'content-type': type };
      const response = await fetch(`${url}/api/v1/orders`, { method: 'POST', body: 'x', headers });
      expect([response.status, await response.json()]).toMatchObject([200, { body: 'x' }]);
    }
  });

  it('of 256 KiB pass', async () => {
    const url = await startGateway({ order: (await fakeService(echo)).url });
    const response = await fetch(`${url}/api/v1/orders`, { method: 'POST', body: 'x'.repeat(LIMIT) });
    expect(((await response.json()) as { body: string }).body).toHaveLength(LIMIT);
  });

  it('over it are refused before the service hears of them', async () => {
    const order = await fakeService(echo);
    const url = await startGateway({ order: order.url });
    const response = await fetch(`${url}/api/v1/orders`, { method: 'POST', body: 'x'.repeat(LIMIT + 1) });
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'PAYLOAD_TOO_LARGE' }]);
    expect(order.requests).toHaveLength(0);
  });

  it('of unknown length are counted while they stream', async () => {
    const url = await startGateway({ order: (await fakeService(echo)).url });
    const { hostname, port } = new URL(url);
    const send = (chunks: number): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' };
        const request = rawRequest(
          { hostname, port, method: 'POST', path: '/api/v1/orders', headers },
          (response) => {
            resolve(response.resume().statusCode);
          },
        ).on('error', reject);
        for (let i = 0; i < chunks; i++) request.write(Buffer.alloc(1024, 'x'));
        request.end();
      });
    expect(await send(256)).toBe(200);
    expect(await send(257)).toBe(413);
  });

  it('of a GET do not hang', async () => {
    const url = await startGateway({ order: (await fakeService(echo)).url });
    const { hostname, port } = new URL(url);
    const status = await new Promise((resolve, reject) => {
      const headers = { 'content-length': '5', 'content-type': 'text/plain' };
      rawRequest({ hostname, port, path: '/api/v1/orders', headers }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end('hello');
    });
    expect(status).toBe(200);
  });
});
