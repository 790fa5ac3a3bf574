import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';

export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What clients met, by `POST orders 201` and the like. */
export type Tally = Map<string, number>;

export interface PersistentClient {
  /**
   * Sends until it is answered: the same body under the same key again after a broken connection, a timeout, 429, 5xx or
   * `IDEMPOTENCY_IN_FLIGHT`, at the next address. Undefined when time is up: the outcome is then not known.
   */
  post(path: string, key: string, body: object, token: string): Promise<Reply | undefined>;
  get(path: string, token: string): Promise<Reply | undefined>;
}

const TIMEOUT_MS = 6_000;
const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 1_000;

/**
 * @param giveUpAt by performance.now(); asked anew each time
 * @param onAnswer how long each answer took
 */
export function persistentClient(
  urls: readonly string[],
  tally: Tally,
  giveUpAt: () => number,
  first: number,
  onAnswer?: (ms: number) => void,
): PersistentClient {
  let turn = first;
  const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);

  async function once(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Reply> {
    const began = performance.now();
    const response = await request(`${urls[turn % urls.length]}${path}`, {
      method,
      headers,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.body.text();
    onAnswer?.(performance.now() - began);
    return { status: response.statusCode, body: text === '' ? {} : (JSON.parse(text) as Reply['body']) };
  }

  async function persist(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body?: string,
  ) {
    // Ids would make each request a kind of its own.
    const kind = `${method} ${path.replaceAll(/\/[0-9a-f-]{36}/g, '/{id}')}`;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LAST_PAUSE_MS)) {
      const reply = await once(method, path, headers, body).catch((error: unknown) => {
        count(`${kind} ${codeOf(error)}`);
        return undefined;
      });
      if (reply !== undefined) {
        const code = typeof reply.body['code'] === 'string' ? ` ${reply.body['code']}` : '';
        count(`${kind} ${reply.status}${code}`);
        if (!mayRetry(reply)) return reply;
      }
      if (performance.now() >= giveUpAt()) return undefined;
      turn++;
      await pause(wait);
    }
  }

  return {
    post: (path, key, body, token) =>
      persist(
        'POST',
        path,
        { authorization: `Bearer ${token}`, 'idempotency-key': key, 'content-type': 'application/json' },
        JSON.stringify(body),
      ),
    get: (path, token) => persist('GET', path, { authorization: `Bearer ${token}` }),
  };
}

function mayRetry({ status, body }: Reply): boolean {
  return status === 429 || status >= 500 || (status === 409 && body['code'] === 'IDEMPOTENCY_IN_FLIGHT');
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : String(error);
}
