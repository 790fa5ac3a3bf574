import { Pool } from 'undici';
import { GatewayFailure } from './channel.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Keep-alive connections to one address of the gateway. */
export interface Connection {
  /** @throws GatewayFailure UNREACHABLE (nothing was sent), BROKEN (unknown how far it came) */
  send(
    method: 'GET' | 'POST',
    path: string,
    headers: Record<string, string>,
    body: string | null,
    signal: AbortSignal,
  ): Promise<Reply>;
  close(): Promise<void>;
}

const CONNECTIONS = 128;
const CONNECT_TIMEOUT_MS = 1_000;
const MAX_REPLY_BYTES = 64 * 1024;
/** No connection was made, so no byte of the request has left. */
const notSent = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);

export function connectTo(origin: string): Connection {
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxResponseSize: MAX_REPLY_BYTES,
    keepAliveTimeout: 30_000,
  });
  return {
    async send(method, path, headers, body, signal) {
      try {
        const response = await pool.request({ method, path, headers, body, signal });
        return { status: response.statusCode, text: await response.body.text() };
      } catch (error) {
        const code = (error as { code?: string }).code ?? '';
        throw new GatewayFailure(
          notSent.has(code) ? 'UNREACHABLE' : 'BROKEN',
          `${code} ${String(error)}`,
          error,
        );
      }
    },
    close: () => pool.destroy(),
  };
}
