import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Answer, httpClient, type HttpClient } from '@tradewind/testing/http.ts';

interface Endpoints {
  readonly gateway: string;
  readonly services: Readonly<Record<string, string>>;
  readonly grpc: string;
  readonly grpcServices: Readonly<Record<string, string>>;
  readonly kafka: string;
  readonly registry: string;
  readonly redis: string;
  readonly mqtt: {
    readonly url: string;
    readonly devices: readonly { username: string; password: string }[];
  };
  readonly postgres: {
    readonly url: string;
    readonly databases: Readonly<Record<string, { url: string; systemUrl: string; ownerUrl: string }>>;
  };
  readonly serviceKey: string;
}

export const checkout = fileURLToPath(new URL('../../', import.meta.url));
const file = resolve(checkout, process.env['TW_TEST_ENDPOINTS'] || '.run/endpoints.json');

/** The running stack, as `./tw up` describes it. Read when it is first asked for. */
export const stack = JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
/** TW_HOME of that stack. */
export const home = dirname(file);

export interface User {
  readonly sub?: string;
  readonly roles?: readonly string[];
  readonly storeId?: string;
  readonly ttlSeconds?: number;
}

export async function token({
  sub = 'USER-9',
  roles = ['CUSTOMER'],
  storeId = 'STORE-1',
  ...rest
}: User = {}): Promise<string> {
  const response = await fetch(`${stack.services['identity']}/api/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'service-key': stack.serviceKey },
    body: JSON.stringify({ sub, roles, storeId, ...rest }),
  });
  const body = (await response.json()) as { token?: string };
  if (body.token === undefined) throw new Error(`no token: ${response.status} ${JSON.stringify(body)}`);
  return body.token;
}

/** Speaks as one user to the gateway, or to a service directly. */
export async function as(user: User = {}, service?: string): Promise<HttpClient> {
  return httpClient(urlOf(service), await token(user));
}

export const anybody = (service?: string): HttpClient => httpClient(urlOf(service));
export const merchant = (storeId = 'STORE-1', service?: string): Promise<HttpClient> =>
  as({ sub: 'MERCHANT-1', roles: ['MERCHANT'], storeId }, service);
export const admin = (storeId = 'STORE-1', service?: string): Promise<HttpClient> =>
  as({ sub: 'ADMIN-1', roles: ['ADMIN'], storeId }, service);

export function urlOf(service?: string): string {
  const url = service === undefined ? stack.gateway : stack.services[service];
  if (url === undefined) throw new Error(`this stack has no ${service}`);
  return url;
}

/** Unique among all tests and runs. */
export const unique = (prefix: string): string => `${prefix}-${randomBytes(5).toString('hex').toUpperCase()}`;

export interface Problem {
  readonly code: string;
  readonly status: number;
  readonly errors?: readonly { path: string; message: string }[];
  readonly [extra: string]: unknown;
}

/** Status and code of a refusal, for one comparison; the media type and the form are checked on the way. */
export function refusal(answer: Answer): [number, string] {
  const problem = answer.body as Problem;
  const type = answer.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json'))
    throw new Error(`${answer.status} is no problem but ${type}`);
  for (const name of ['type', 'title', 'status', 'detail', 'instance', 'code', 'traceId']) {
    if (problem[name] === undefined)
      throw new Error(`the problem has no ${name}: ${JSON.stringify(problem)}`);
  }
  return [answer.status, problem.code];
}
