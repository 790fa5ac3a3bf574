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

/** Calls the running stack through its gateway, as one user. A status that was not expected is an error with its problem. */
export interface Api {
  get<T>(path: string, expected?: readonly number[]): Promise<Answer<T>>;
  send<T>(method: 'POST' | 'PUT', path: string, body: object, options?: SendOptions): Promise<Answer<T>>;
}

export interface SendOptions {
  expected?: readonly number[];
  /** Random when left out. */
  idempotencyKey?: string;
}

export async function apiAs(user: { sub: string; roles: string[]; storeId: string }): Promise<Api> {
  const endpoints = await readEndpoints(places().home);
  if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
  const token = await requestToken(
    endpoints.services['identity'] ?? endpoints.gateway,
    endpoints.serviceKey,
    user,
  );
  const call = async <T>(
    method: string,
    path: string,
    expected: readonly number[],
    init: RequestInit,
  ): Promise<Answer<T>> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(init.headers as Record<string, string> | undefined),
    };
    const began = performance.now();
    const response = await fetch(`${endpoints.gateway}/api/v1${path}`, { ...init, method, headers });
    const text = await response.text();
    if (!expected.includes(response.status))
      throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 400)}`);
    const body = (text === '' ? {} : JSON.parse(text)) as T;
    return { status: response.status, headers: response.headers, body, ms: performance.now() - began };
  };
  return {
    get: (path, expected = [200]) => call('GET', path, expected, {}),
    send: (method, path, body, { expected = [200, 201], idempotencyKey = randomUUID() } = {}) =>
      call(method, path, expected, {
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify(body),
      }),
  };
}
