import { fastify } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expectedVersionOf } from './if-match.ts';
import { registerJsonBody } from './json-body.ts';
import { sendProblem } from './problem.ts';
import { registerStrictBodies, versionBody } from './strict-bodies.ts';

const app = fastify();
app.setValidatorCompiler(validatorCompiler);
app.setErrorHandler(sendProblem);
registerJsonBody(app);
registerStrictBodies(app);
app.post('/api/v1/things/:id/spin', () => ({}));
app.post('/api/v1/callbacks', { schema: { body: z.unknown() } }, ({ body }) => body);
app.delete('/api/v1/things/:id', { schema: { body: versionBody } }, (request) => ({
  expected: expectedVersionOf(request) ?? null,
}));

async function call(method: 'POST' | 'DELETE', url: string, body?: unknown) {
  const answer = await app.inject({
    ...{ method, url },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
  });
  const { errors = [], ...told } = answer.json<{ errors?: { path: string }[] }>();
  return { status: answer.statusCode, paths: errors.map(({ path }) => path), told };
}

describe('a route that describes no body', () => {
  const spin = (body?: unknown) => call('POST', '/api/v1/things/T-1/spin', body);

  it.each([undefined, {}, null])('is content with none: %j', async (body) =>
    expect((await spin(body)).status).toBe(200),
  );

  it('refuses what it would not read', async () => {
    expect(await spin({ speed: 3 })).toMatchObject({ status: 400, paths: ['body.speed'] });
    expect((await spin([1])).status).toBe(400);
  });
});

describe('a route', () => {
  it('takes the version that it builds on where it says so, and no more', async () => {
    const remove = (body?: unknown) => call('DELETE', '/api/v1/things/T-1', body);
    expect((await remove()).told).toEqual({ expected: null });
    expect((await remove({ expectedVersion: 3 })).told).toEqual({ expected: 3 });
    expect((await remove({ expectedVersion: 3, why: 'x' })).paths).toEqual(['body.why']);
  });

  it('may read anything where it says that', async () =>
    expect((await call('POST', '/api/v1/callbacks', { any: [1, 'x'] })).told).toEqual({ any: [1, 'x'] }));
});
