import { Client, errors } from '@opensearch-project/opensearch';
import { DomainError } from '@tradewind/kernel/errors.ts';

export interface OpensearchOptions {
  /** May name a user and a password. */
  readonly url: string;
}

export interface Asked {
  readonly body?: object;
  /** Lines of a bulk request. */
  readonly lines?: readonly object[];
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** Longest wait for the answer, in ms. */
  readonly within?: number;
}

export interface OpensearchClient {
  /** One request. Never tried again here: who asks knows whether that is safe. */
  ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD', path: string, asked?: Asked): Promise<T>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

export function connectOpensearch({ url }: OpensearchOptions): OpensearchClient {
  const client = new Client({ node: url, maxRetries: 0, requestTimeout: TIMEOUT_MS });
  return {
    async ask<T>(method: string, path: string, { body, lines, query, within }: Asked = {}) {
      try {
        const answer = await client.transport.request(
          {
            ...{ method, path },
            ...(body === undefined ? {} : { body }),
            ...(lines === undefined ? {} : { bulkBody: [...lines] }),
            ...(query === undefined ? {} : { querystring: query }),
          },
          within === undefined ? {} : { requestTimeout: within },
        );
        return answer.body as T;
      } catch (error) {
        throw unavailable(error);
      }
    },
    close: () => client.close(),
  };
}

/** The server is busy, starting, or has no shard to ask. */
const transient = new Set([408, 429, 502, 503, 504]);

/** "The cluster does not answer" as an error to try again after; anything else passes through. */
function unavailable(error: unknown): unknown {
  const away =
    error instanceof errors.ConnectionError ||
    error instanceof errors.TimeoutError ||
    error instanceof errors.NoLivingConnectionsError ||
    (error instanceof errors.ResponseError && transient.has(error.statusCode));
  return away ? opensearchAway(error) : error;
}

export const opensearchAway = (cause?: unknown): DomainError =>
  new DomainError('OPENSEARCH_UNAVAILABLE', 'unavailable', 'OpenSearch does not answer', {
    cause,
    retryAfter: 1,
  });

/** What OpenSearch calls its refusal, such as `index_not_found_exception`. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof errors.ResponseError)) return undefined;
  const { error: told } = (error.body ?? {}) as { error?: { type?: string } };
  return told?.type ?? `status ${error.statusCode}`;
}
