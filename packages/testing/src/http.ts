export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where the media type is JSON, else the text. */
  readonly body: T;
}

export interface CallOptions {
  readonly token?: string;
  readonly idempotencyKey?: string;
  /** Version for If-Match. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpClient {
  /** @param body sent as JSON; a string goes as it is */
  call<T = unknown>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>;
  get<T = unknown>(path: string, options?: CallOptions): Promise<Answer<T>>;
  post<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>;
  put<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>;
  patch<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>>;
  delete<T = unknown>(path: string, options?: CallOptions): Promise<Answer<T>>;
}

/** A client of one service or of the gateway; `token` is sent with every call that doesn't bring its own. */
export function httpClient(url: string, token?: string): HttpClient {
  async function call<T>(
    method: string,
    path: string,
    body?: unknown,
    options: CallOptions = {},
  ): Promise<Answer<T>> {
    const response = await fetch(new URL(path, url), {
      method,
      headers: headersOf(body, { ...(token === undefined ? {} : { token }), ...options }),
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as T,
    };
  }
  return {
    call,
    get: (path, options) => call('GET', path, undefined, options),
    post: (path, body, options) => call('POST', path, body, options),
    put: (path, body, options) => call('PUT', path, body, options),
    patch: (path, body, options) => call('PATCH', path, body, options),
    delete: (path, options) => call('DELETE', path, undefined, options),
  };
}

function headersOf(
  body: unknown,
  { token, idempotencyKey, version, headers }: CallOptions,
): Record<string, string> {
  return {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
    ...headers,
  };
}
