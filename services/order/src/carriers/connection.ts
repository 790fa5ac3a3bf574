import { Pool } from 'undici';
import { CarrierFailure } from './failure.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface CarrierRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the carrier's address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Keep-alive connections to one carrier. */
export interface Connection {
  /** @throws CarrierFailure UNREACHABLE (nothing was sent), BROKEN (unknown how far it came) */
  send(request: CarrierRequest, signal: AbortSignal): Promise<Reply>;
  close(): Promise<void>;
}

const CONNECTIONS = 32;
const CONNECT_TIMEOUT_MS = 1_000;
const MAX_REPLY_BYTES = 256 * 1024;
/** No connection was made, so no byte of the request has left. */
const notSent = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

export function connectTo(url: string): Connection {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxResponseSize: MAX_REPLY_BYTES,
    keepAliveTimeout: 30_000,
  });
  return {
    async send({ method, path, headers = {}, body = null }, signal) {
      try {
        const response = await pool.request({ method, path: `${base}${path}`, headers, body, signal });
        return { status: response.statusCode, text: await response.body.text() };
      } catch (error) {
        const code = (error as { code?: string }).code ?? '';
        const failure = notSent.has(code) ? 'UNREACHABLE' : 'BROKEN';
        throw new CarrierFailure(failure, `${code} ${String(error)}`, error);
      }
    },
    close: () => pool.destroy(),
  };
}
