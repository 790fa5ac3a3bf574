import { DomainError } from '@tradewind/kernel/errors.ts';
import { type Problem, refusalOf } from '@tradewind/graphql/errors.ts';
import { type DocumentNode, type ExecutionResult, GraphQLError, print } from 'graphql';
import { Pool } from 'undici';
import { upstreamError } from '#upstream-error.ts';

/** What a client's request takes with it to the subgraphs. */
export interface GraphContext {
  readonly headers: Readonly<Record<string, string>>;
  /** The tenant that a caller without a token names. */
  readonly store: string | undefined;
  /** Status by which a subgraph refused the caller as a whole. */
  refusedWith?: number;
}

export interface SubgraphRequest {
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly context?: GraphContext;
  readonly operationType?: string;
}

export interface SubgraphClient {
  execute(request: SubgraphRequest): Promise<ExecutionResult>;
  close(): Promise<void>;
}

/** A connection that was reused in the moment of its closing. */
const BROKEN = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Speaks to one subgraph. Whatever goes wrong comes back as a GraphQL error with a code that says nothing of who it was. */
export function subgraphClient(name: string, url: string, timeoutMs: number): SubgraphClient {
  const { origin, pathname } = new URL('/graphql', url);
  const pool = new Pool(origin, {
    connections: 64,
    pipelining: 1,
    // Below the 75 s for which services keep a connection.
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 60_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: 2_000 },
  });

  async function send(body: string, context: GraphContext | undefined) {
    const { statusCode, body: answer } = await pool.request({
      method: 'POST',
      path:
        context?.store === undefined ? pathname : `${pathname}?store=${encodeURIComponent(context.store)}`,
      headers: { ...context?.headers, 'content-type': 'application/json', accept: 'application/json' },
      body,
    });
    return { status: statusCode, text: await answer.text() };
  }

  async function exchange({ document, variables, context, operationType }: SubgraphRequest) {
    const body = JSON.stringify({ query: textOf(document), variables });
    try {
      return await send(body, context);
    } catch (error) {
      const again = operationType !== 'mutation' && BROKEN.has((error as { code?: string }).code ?? '');
      if (!again) throw error;
      return send(body, context);
    }
  }

  return {
    async execute(request) {
      try {
        const { status, text } = await exchange(request);
        if (status === 200) return everybodys(JSON.parse(text) as ExecutionResult);
        if (request.context) request.context.refusedWith = status;
        return { data: null, errors: [refusalOf(JSON.parse(text) as Problem)] };
      } catch (error) {
        return { data: null, errors: [unavailable(upstreamError(error, name))] };
      }
    },
    close: () => pool.close(),
  };
}

/**
 * An error that left no data is that of each field in the request: by its path only one of them would know why it has no
 * answer, and the others would call it a fault of ours.
 */
function everybodys(result: ExecutionResult): ExecutionResult {
  if (result.data || !result.errors) return result;
  return {
    data: null,
    errors: result.errors.map(({ message, extensions }) => new GraphQLError(message, { extensions })),
  };
}

const texts = new WeakMap<DocumentNode, string>();

function textOf(document: DocumentNode): string {
  let text = texts.get(document);
  if (text === undefined) texts.set(document, (text = print(document)));
  return text;
}

function unavailable(error: unknown): GraphQLError {
  const code = error instanceof DomainError ? error.code : 'UPSTREAM_UNAVAILABLE';
  return new GraphQLError('a part of the answer cannot be had right now', {
    originalError: error instanceof Error ? error : null,
    extensions: { code, status: 503, retryAfter: 1 },
  });
}
