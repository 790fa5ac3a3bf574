import { Agent, request } from 'undici';
import { failureOf } from './failure.ts';
import { type GuardOptions, guardedConnector } from './guarded-connect.ts';
import { retryAfterMs } from './retry-after.ts';
import { type Signed, signedHeaders } from './signature.ts';

export interface Outgoing extends Signed {
  readonly url: string;
  /** The newest first. */
  readonly secrets: readonly Buffer[];
}

/** How one attempt ended. */
export interface Attempt {
  readonly at: Date;
  readonly durationMs: number;
  /** Of the answer, where one came. */
  readonly status?: number;
  /** A stable code, then words; undefined = the endpoint took it. */
  readonly error?: string;
  /** The target is not allowed: nothing was sent. */
  readonly refused?: true;
  /** The endpoint wants nothing more, ever. */
  readonly gone?: true;
  readonly retryAfterMs?: number;
}

export interface Sender {
  send(outgoing: Outgoing): Promise<Attempt>;
  close(): Promise<void>;
}

/** An answer says all by its status: what follows is read to this many bytes, so that the connection can be used again. */
const MOST_OF_ANSWER = 1_024;
const GONE = 410;

/** Sends signed deliveries. Redirects are not followed, and nothing of an answer's body is kept or shown to anybody. */
export function createSender(options: GuardOptions): Sender {
  const { timeoutMs } = options;
  const agent = new Agent({
    connect: guardedConnector(options),
    connections: 64,
    pipelining: 1,
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 60_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  return {
    async send({ url, secrets, ...signed }) {
      const at = new Date();
      const started = performance.now();
      const durationMs = () => Math.round(performance.now() - started);
      const headers = signedHeaders(signed, secrets, Math.floor(at.getTime() / 1_000));
      const over = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(url, {
          ...{ dispatcher: agent, method: 'POST', headers, body: signed.body, signal: over },
        });
        void answer.body.dump({ limit: MOST_OF_ANSWER, signal: over }).catch(() => answer.body.destroy());
        const { statusCode: status } = answer;
        const outcome = { at, durationMs: durationMs(), status };
        if (status >= 200 && status < 300) return outcome;
        const after = retryAfterMs(answer.headers['retry-after'], at);
        return {
          ...outcome,
          error: status >= 300 && status < 400 ? 'REDIRECTED: redirects are not followed' : `HTTP_${status}`,
          ...(status === GONE ? { gone: true as const } : {}),
          ...(after === undefined ? {} : { retryAfterMs: after }),
        };
      } catch (error) {
        const { text, refused } = failureOf(error, over.aborted);
        return { at, durationMs: durationMs(), error: text, ...(refused ? { refused } : {}) };
      }
    },
    // What is still open is nobody's by then: its outcome has been given up.
    close: () => agent.destroy(),
  };
}
