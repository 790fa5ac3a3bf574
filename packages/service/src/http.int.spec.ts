import { request as rawRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { httpClient, type HttpClient } from '@tradewind/testing/http.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serviceConfig } from './config.ts';
import { decodeCursor } from './cursor.ts';
import { createHttp, type HttpApp } from './http.ts';
import { expectedVersionOf } from './if-match.ts';
import { createLogger } from './logger.ts';
import { problem } from './problem.ts';
import { unauthenticated } from './principal.ts';

interface Problem {
  readonly code: string;
  readonly traceId: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const stored = new Map([['KEY-1', { status: 201, body: '{"thingId":"T-1","version":1}' }]]);
const tokens = {
  verify(token: string) {
    if (token !== 'good') throw unauthenticated('the token is not valid');
    return { sub: 'USER-1', roles: ['ADMIN' as const], storeId: 'STORE-1', permissions: [] };
  },
};

async function serve(limit = 5_000): Promise<{ app: HttpApp; url: string }> {
  const app = await createHttp({
    ...{ service: 'things', logger: createLogger('things', 'silent'), tokens },
    config: serviceConfig.parse({
      ...{ PORT: 0, JWKS_URL: 'http://127.0.0.1:1/jwks', JWT_ISSUER: 'test', RATE_LIMIT_PER_SECOND: limit },
    }),
    findReply: async ({ key, payloadHash }) => {
      const reply = stored.get(key);
      return reply && { ...reply, payloadHash };
    },
  });
  const thing = z.object({ thingId: z.string(), version: z.int() }).meta({ id: 'Thing' });
  const body = z.strictObject({ name: z.string(), more: z.unknown().optional() }).meta({ id: 'NewThing' });
  const locationOf = ({ thingId }: { thingId: string }): string => `/api/v1/things/${thingId}`;
  app.post(
    '/api/v1/things',
    {
      config: { access: ['ADMIN'], idempotency: 'accepted', locationOf },
      schema: { body, response: { 201: thing, 409: problem } },
    },
    async (request, reply) => reply.code(201).send({ thingId: request.body.name, version: 1 }),
  );
  app.get(
    '/api/v1/things',
    {
      config: { access: 'public' },
      schema: {
        querystring: z.object({ cursor: z.string().optional(), limit: z.coerce.number().int().optional() }),
      },
    },
    async ({ query }) => decodeCursor(query.cursor ?? 'MQ', z.int()),
  );
  app.put(
    '/api/v1/things/:id',
    { config: { access: ['ADMIN'] }, schema: { body: body.extend({ expectedVersion: z.int().optional() }) } },
    async (request) => ({ expected: expectedVersionOf(request) ?? null }),
  );
  return { app, url: await app.listen({ host: '127.0.0.1', port: 0 }) };
}

let app: HttpApp;
let url: string;
let http: HttpClient;
beforeAll(async () => {
  ({ app, url } = await serve());
  http = httpClient(url, 'good');
});
afterAll(() => app.close());

const paths = (answer: { body: Problem }) => answer.body.errors?.map(({ path }) => path);
const sent = (body: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
  fetch(`${url}/api/v1/things`, {
    ...{ method: 'POST', body },
    headers: { authorization: 'Bearer good', 'content-type': type },
  });

/** As no client library would send it. */
function raw(
  method: string,
  path: string,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: Problem }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const call = rawRequest({ hostname, port, method, path }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({
          ...{ status: response.statusCode ?? 0, headers: response.headers },
          body: JSON.parse(text) as Problem,
        }),
      );
    });
    call.on('error', reject).end();
  });
}

describe('a body', () => {
  it.each([
    ['text/plain', 'text/plain'],
    ['another charset', 'application/json; charset=iso-8859-1'],
  ])('that is %s is 415', async (_, type) => expect((await sent('{"name":"x"}', type)).status).toBe(415));

  it('that is JSON in UTF-8 is taken, whatever way the charset is written', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/json;charset="UTF-8"'])
      expect((await sent('{"name":"x"}', type)).status).toBe(201);
  });

  it.each([
    ['is no JSON', '{"name":'],
    ['is no UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
    ['has a number that would be rounded', '{"name":"x","more":129.5000000000000000000001}'],
    ['is nested too deeply', `{"name":"x","more":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['is missing', ''],
  ])('that %s is 400 with errors[]', async (_, body) => {
    const answer = await sent(body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as Problem).errors?.[0]).toEqual({
      path: expect.stringMatching(/^(body|request)/),
      message: expect.stringMatching(/.+/),
    });
  });

  it('is told each field that nobody knows', async () => {
    const answer = await http.post<Problem>('/api/v1/things', { name: 'x', a: 1, b: 2 });
    expect([answer.status, paths(answer)]).toEqual([400, ['body.a', 'body.b']]);
  });
});

describe('a 400', () => {
  it.each([
    ['GET', '/api/v1/things?misspelled=1', 'querystring.misspelled'],
    ['GET', '/api/v1/things?cursor=x', 'querystring.cursor'],
    ['PUT', '/api/v1/things/1?more=1', 'querystring.more'],
  ])('of %s %s names %s', async (method, path, name) => {
    const body = method === 'PUT' ? { name: 'x' } : undefined;
    const answer = await http.call<Problem>(method, path, body);
    expect([answer.status, paths(answer)]).toEqual([400, [name]]);
  });

  it('names the header that is wrong', async () => {
    const key = await http.post<Problem>('/api/v1/things', { name: 'x' }, { idempotencyKey: 'two words' });
    expect([key.status, paths(key)]).toEqual([400, ['headers.idempotency-key']]);
    const headers = { 'if-match': 'three' };
    const version = await http.put<Problem>('/api/v1/things/1', { name: 'x' }, { headers });
    expect([version.status, paths(version)]).toEqual([400, ['headers.if-match']]);
  });
});

describe('what never reaches a route', () => {
  it.each([
    ['a path that is not percent-encoded', 'GET', '/api/v1/things/%zz', 400, 'MALFORMED_URL'],
    ['a part that is too long', 'PUT', `/api/v1/things/${'x'.repeat(300)}`, 400, 'URL_TOO_LONG'],
    ['a URL that is too long', 'GET', `/api/v1/things?${'x'.repeat(20_000)}`, 431, 'HEADERS_TOO_LARGE'],
    ['nobody’s path', 'GET', '/api/v1/nothing', 404, 'ROUTE_NOT_FOUND'],
  ])('is a problem as all others: %s', async (_, method, path, status, code) => {
    const answer = await raw(method, path);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.headers['correlation-id']).toMatch(/.+/);
  });

  it('and what is no HTTP', async () => {
    const { hostname, port } = new URL(url);
    const text = await new Promise<string>((resolve, reject) => {
      let got = '';
      const socket = connect(Number(port), hostname, () => socket.write('hello\r\n\r\n'));
      socket.on('data', (chunk: Buffer) => (got += chunk.toString()));
      socket.on('close', () => resolve(got)).on('error', reject);
    });
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toMatch('MALFORMED_REQUEST');
  });
});

describe('a token that is not good', () => {
  const token = 'not.a.token';
  it('is refused also where none is needed', async () =>
    expect((await http.get('/api/v1/things', { token })).status).toBe(401));

  it('is not looked at by those who watch over the service', async () =>
    expect((await http.get('/openapi.json', { token })).status).toBe(200));
});

describe('a method that a path does not have', () => {
  it('is 405 with those that it has', async () => {
    const answer = await http.delete<Problem>('/api/v1/things');
    expect([answer.status, answer.body.code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
    expect((await http.post('/api/v1/things/1', {})).headers.get('allow')).toBe('PUT');
  });

  it('is told by OPTIONS', async () => {
    const answer = await http.call('OPTIONS', '/api/v1/things/1');
    expect([answer.status, answer.headers.get('allow')]).toEqual([204, 'PUT']);
  });
});

it('a text where a number belongs is called that, not NaN', async () => {
  const { body } = await http.get<Problem>('/api/v1/things?limit=abc');
  expect(body.errors).toEqual([{ path: 'querystring.limit', message: 'not a number' }]);
});

describe('a reply that is sent again', () => {
  it('says where the thing is and which version it has', async () => {
    const answer = await http.post('/api/v1/things', { name: 'x' }, { idempotencyKey: 'KEY-1' });
    expect([answer.status, answer.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(answer.headers.get('location')).toBe('/api/v1/things/T-1');
    expect(answer.headers.get('etag')).toBe('"1"');
  });

  it('is sent to all who ask at once', async () => {
    const repeat = () => http.post('/api/v1/things', { name: 'x' }, { idempotencyKey: 'KEY-1' });
    const answers = await Promise.all(Array.from({ length: 10 }, repeat));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  });
});

describe('too many requests', () => {
  it('are 429 with Retry-After and RateLimit-*', async () => {
    const limited = await serve(2);
    const client = httpClient(limited.url);
    const answers = [];
    for (let n = 0; n < 4; n++) answers.push(await client.get<Problem>('/api/v1/things'));
    await limited.app.close();
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('RATE_LIMITED');
    for (const name of ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'])
      expect([name, refused?.headers.get(name)]).toEqual([name, expect.stringMatching(/^\d+$/)]);
  });
});

describe('the OpenAPI document', () => {
  interface Operation {
    readonly security?: readonly object[];
    readonly parameters: readonly { readonly name: string }[];
    readonly responses: Readonly<Record<string, { content: Record<string, { example?: unknown }> }>>;
    readonly requestBody: { readonly content: Record<string, { example?: unknown }> };
  }
  const operation = async (method: string, path: string) => {
    const { body } = await http.get<{ paths: Record<string, Record<string, Operation>> }>('/openapi.json');
    return body.paths[path]?.[method] as Operation;
  };

  it('says of each route what hooks answer, with examples', async () => {
    const post = await operation('post', '/api/v1/things');
    expect(Object.keys(post.responses)).toEqual('201 400 401 403 409 413 415 429 503'.split(' '));
    expect(post.parameters.map(({ name }) => name)).toEqual(['Correlation-Id', 'Idempotency-Key']);
    expect(post.requestBody.content['application/json']?.example).toMatchObject({ name: 'name' });
    const thing = { thingId: expect.any(String), version: 1 };
    expect(post.responses['201']?.content['application/json']?.example).toEqual(thing);
    const conflict = post.responses['409']?.content['application/problem+json'];
    expect(conflict?.example).toMatchObject({ status: 409, code: 'VERSION_CONFLICT' });
  });

  it('says which routes take If-Match, and which of them are public', async () => {
    const put = await operation('put', '/api/v1/things/{id}');
    expect(put.parameters.map(({ name }) => name)).toContain('If-Match');
    expect(Object.keys(put.responses)).toContain('404');
    const list = await operation('get', '/api/v1/things');
    expect([put.security, list.security]).toEqual([[{ bearer: [] }], undefined]);
  });
});
