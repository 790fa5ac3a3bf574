import { Pool } from 'undici';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Sends JSON over kept-alive connections, one per client. */
export interface HttpClient {
  send(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    headers: Record<string, string>,
    body?: unknown,
  ): Promise<Reply>;
  /** Reads and drops the reply: for loads that only need its status. */
  status(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<number>;
  close(): Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json' };

export function httpClient(url: string, connections: number): HttpClient {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: 60_000, bodyTimeout: 60_000 });
  return {
    async send(method, path, headers, body) {
      const response = await pool.request({
        method,
        path,
        headers: body === undefined ? headers : { ...JSON_TYPE, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.body.text();
      return { status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) };
    },
    async status(method, path, headers, body) {
      const response = await pool.request({
        method,
        path,
        headers: body === undefined ? headers : { ...JSON_TYPE, ...headers },
        ...(body === undefined ? {} : { body }),
      });
      await response.body.dump();
      return response.statusCode;
    },
    close: () => pool.close(),
  };
}
