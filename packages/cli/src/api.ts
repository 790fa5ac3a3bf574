import { randomUUID } from 'node:crypto';
import { SetupError } from '@tradewind/native/run.ts';
import { places } from '#places.ts';
import { requestToken } from '#token.ts';
import { readEndpoints } from '#up/endpoints.ts';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
  /** From the request to the whole reply. */
  ms: number;
}

/** Calls the running stack through its gateway, as one user or as nobody. A status that was not expected is an error with its problem. */
export interface Api {
  get<T>(path: string, expected?: readonly number[]): Promise<Answer<T>>;
  send<T>(method: 'POST' | 'PUT', path: string, body: object, options?: SendOptions): Promise<Answer<T>>;
  remove(path: string): Promise<Answer<unknown>>;
  /** Asks the graph; the body is its `data`. */
  query<T>(query: string, variables: object): Promise<Answer<T>>;
}

export interface SendOptions {
  expected?: readonly number[];
  /** Random when left out. */
  idempotencyKey?: string;
  headers?: Record<string, string>;
}

export async function apiAs(user?: { sub: string; roles: string[]; storeId: string }): Promise<Api> {
  const endpoints = await readEndpoints(places().home);
  if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
  const identity = endpoints.services['identity'] ?? endpoints.gateway;
  const authorization: Record<string, string> = user
    ? { authorization: `Bearer ${await requestToken(identity, endpoints.serviceKey, user)}` }
    : {};
  const call = async <T>(
    method: string,
    path: string,
    expected: readonly number[],
    init: { headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer<T>> => {
    const headers = { ...authorization, ...init.headers };
    const began = performance.now();
    const response = await fetch(`${endpoints.gateway}${path}`, { ...init, method, headers });
    const text = await response.text();
    if (!expected.includes(response.status))
      throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 400)}`);
    const body = (text === '' ? {} : JSON.parse(text)) as T;
    return { status: response.status, headers: response.headers, body, ms: performance.now() - began };
  };
  const json = { 'content-type': 'application/json' };
  return {
    get: (path, expected = [200]) => call('GET', `/api/v1${path}`, expected),
    send: (method, path, body, { expected = [200, 201], idempotencyKey = randomUUID(), headers } = {}) =>
      call(method, `/api/v1${path}`, expected, {
        headers: { ...json, 'idempotency-key': idempotencyKey, ...headers },
        body: JSON.stringify(body),
      }),
    remove: (path) => call('DELETE', `/api/v1${path}`, [200, 204]),
    async query<T>(query: string, variables: object): Promise<Answer<T>> {
      const request = { headers: json, body: JSON.stringify({ query, variables }) };
      const answer = await call<{ data: T; errors?: object[] }>('POST', '/graphql', [200], request);
      if (answer.body.errors) throw new Error(`the graph: ${JSON.stringify(answer.body.errors)}`);
      return { ...answer, body: answer.body.data };
    },
  };
}
