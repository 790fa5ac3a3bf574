import { describe, expect, it } from 'vitest';
import { freePort } from '@tradewind/testing/free-port.ts';
import { fakeService, startGateway } from './gateway.fixture.ts';

const specification = { openapi: '3.1.0', info: { title: 'Tradewind product', version: '1.0.0' }, paths: {} };

describe('/docs', () => {
  it('offers the OpenAPI of every service', async () => {
    const product = await fakeService((request, response) => {
      response.statusCode = request.url === '/openapi.json' ? 200 : 404;
      response.end(JSON.stringify(specification));
    });
    const url = await startGateway({ order: `http://127.0.0.1:${await freePort()}`, product: product.url });
    const page = await fetch(`${url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const script = await (await fetch(`${url}/docs/static/swagger-initializer.js`)).text();
    expect(script).toContain('{"name":"product","url":"/docs/openapi/product.json"}');
    expect(script.indexOf('product.json')).toBeLessThan(script.indexOf('order.json'));
    expect(script).toContain('{"name":"order","url":"/docs/openapi/order.json"}');
    expect(await (await fetch(`${url}/docs/openapi/product.json`)).json()).toEqual(specification);
    expect((await fetch(`${url}/docs/openapi/order.json`)).status).toBe(503);
    expect((await fetch(`${url}/docs/openapi/nobody.json`)).status).toBe(404);
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({
      info: { description: 'Services: product' },
    });
  });
});

describe('what is not served', () => {
  it.each([
    ['GET', '/nothing', 404, 'ROUTE_NOT_FOUND'],
    ['GET', '/api/v1/orders/%zz', 400, 'MALFORMED_URL'],
    ['PROPFIND', '/api/v1/orders', 405, 'METHOD_NOT_ALLOWED'],
  ])('is a problem: %s %s', async (method, path, status, code) => {
    const url = await startGateway({ order: 'http://127.0.0.1:1' });
    const response = await fetch(`${url}${path}`, { method });
    expect([response.status, await response.json()]).toMatchObject([status, { code, status }]);
    expect(response.headers.get('correlation-id')).toMatch(/.+/);
  });

  it('is not OPTIONS without an Origin', async () => {
    const url = await startGateway({ order: 'http://127.0.0.1:1' });
    expect((await fetch(`${url}/api/v1/orders`, { method: 'OPTIONS' })).status).toBe(204);
  });
});

describe('pages of other origins', () => {
  const preflight = async (origin: string) => {
    const url = await startGateway({});
    const headers = {
      origin,
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'if-match',
    };
    return fetch(`${url}/api/v1/orders/1`, { method: 'OPTIONS', headers });
  };

  it.each(['http://localhost:5173', 'http://localhost', 'https://shop.example'])(
    '%s may call',
    async (origin) => {
      const { status, headers } = await preflight(origin);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, origin]);
      expect(headers.get('access-control-allow-methods')).toContain('PATCH');
      expect(headers.get('access-control-allow-headers')).toBe('if-match');
    },
  );

  it.each([
    'https://evil.example',
    'http://localhost.evil.example',
    'https://shop.example.evil',
    'http://localhost:80.evil',
    'null',
  ])('%s may not', async (origin) => {
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('/console', () => {
  it('is a page that loads nothing from elsewhere', async () => {
    const url = await startGateway({});
    const page = await fetch(`${url}/console`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const scripts = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(scripts).toContain('/console/main.js');
    for (const path of scripts) expect((await fetch(`${url}${path}`)).status, path).toBe(200);
  });

  it.each(['/console/nothing.js', '/console/%2e%2e/package.json'])('has no %s', async (path) => {
    const url = await startGateway({});
    expect((await fetch(`${url}${path}`)).status).toBe(404);
  });
});
