import { Pool } from 'undici';
import { type Answer, ChannelFailure } from './channel.ts';

const MAX_REPLY_BYTES = 64 * 1024;

export interface PostOptions {
  readonly url: string;
  readonly token?: string | undefined;
  readonly timeoutMs: number;
  readonly connections: number;
}

/** A provider that takes messages as JSON by POST. Its connections are kept. */
export function postJson({ url, token, timeoutMs, connections }: PostOptions) {
  const { origin, pathname, search } = new URL(url);
  const pool = new Pool(origin, { connections, connectTimeout: timeoutMs, maxResponseSize: MAX_REPLY_BYTES });

  async function send(deliveryId: string, body: object): Promise<Answer> {
    const { status, retryAfter, text } = await pool
      .request({
        method: 'POST',
        path: `${pathname}${search}`,
        headers: {
          'content-type': 'application/json',
          'idempotency-key': deliveryId,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      })
      .then(async (reply) => ({
        status: reply.statusCode,
        retryAfter: Number(reply.headers['retry-after'] ?? Number.NaN),
        text: await reply.body.text(),
      }))
      .catch((error: unknown) => {
        const late = error instanceof Error && /Timeout/.test(error.name);
        throw new ChannelFailure(late ? 'TIMEOUT' : 'UNREACHABLE', String(error), { cause: error });
      });
    if (status < 300) return { kind: 'SENT', providerMessageId: idIn(text) };
    const detail = `answered ${status}: ${text.slice(0, 200)}`;
    if (status === 401 || status === 403) throw new ChannelFailure('DENIED', detail);
    if (status === 408 || status === 429 || status >= 500) {
      throw new ChannelFailure(
        'UNAVAILABLE',
        detail,
        Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1_000 } : {},
      );
    }
    return { kind: 'REFUSED', code: status === 410 ? 'ADDRESS_REFUSED' : 'REFUSED', detail };
  }

  return { send, close: () => pool.destroy() };
}

/** The sink's own id of the message; not all tell one. */
function idIn(text: string): string | null {
  try {
    const { id } = JSON.parse(text) as { id?: unknown };
    return typeof id === 'string' ? id.slice(0, 200) : null;
  } catch {
    return null;
  }
}
