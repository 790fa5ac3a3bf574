import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import { supergraphGraphql } from '@tradewind/contracts/generated/graphql/supergraph.ts';
import { LIMITS } from '@tradewind/graphql/limits.ts';
import { type PersistedQueries, persistedQueries } from '@tradewind/graphql/persisted-queries.ts';
import { serveGraphql } from '@tradewind/graphql/serve.ts';
import { registerJsonBody } from '@tradewind/service/json-body.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ExecutionResult } from 'graphql';
import { towardsService } from '#headers.ts';
import type { ServiceUrls } from '#routes.ts';
import {
  type GraphContext,
  type SubgraphClient,
  subgraphClient,
  type SubgraphRequest,
} from './subgraph-client.ts';

export interface GraphqlOptions {
  readonly urls: ServiceUrls;
  readonly timeoutMs: number;
  readonly introspection: boolean;
  /** The only queries that may be sent; without them any may. */
  readonly allowed?: readonly string[] | undefined;
}

type Stitching = Parameters<typeof getStitchedSchemaFromSupergraphSdl>[0];
type Executor = Parameters<NonNullable<Stitching['onSubschemaConfig']>>[0]['executor'];

/**
 * `/graphql`: the services' subgraphs as one schema (ADR 0025). Plans and batches here; knows neither tokens nor data,
 * which are the subgraphs' business.
 */
export async function registerGraphql(app: FastifyInstance, options: GraphqlOptions): Promise<void> {
  const clients: SubgraphClient[] = [];
  const schema = getStitchedSchemaFromSupergraphSdl({
    supergraphSdl: supergraphGraphql,
    batch: true,
    onSubschemaConfig(config) {
      const name = config.name.toLowerCase() as keyof ServiceUrls;
      // A subgraph that this stack does not have answers as one that is away.
      const client = subgraphClient(name, options.urls[name] ?? 'http://127.0.0.1:9', options.timeoutMs);
      clients.push(client);
      config.executor = ((request) => client.execute(request as unknown as SubgraphRequest)) as Executor;
    },
  });
  const persisted: PersistedQueries = persistedQueries(options.allowed);
  app.addHook('onClose', async () => void (await Promise.all(clients.map((client) => client.close()))));
  await app.register(async (scope) => {
    registerJsonBody(scope);
    serveGraphql<GraphContext>(scope, {
      schema,
      limits: LIMITS,
      introspection: options.introspection,
      persisted,
      contextOf,
      statusOf,
    });
  });
}

/** What every request of the client's operation takes along; the rest belongs to this hop. */
const PASSED = ['authorization', 'correlation-id', 'traceparent', 'tracestate', 'x-forwarded-for'] as const;
const OWN = ['idempotency-key', 'cart-token'] as const;

function contextOf(request: FastifyRequest): GraphContext {
  const all = towardsService(request, request.headers);
  const headers = Object.fromEntries(
    [...PASSED, ...OWN].flatMap((name) => {
      const value = all[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  return { headers, store: (request.query as { store?: string }).store };
}

/** Where a bad token or a limit left nothing to answer, the status says so as in REST. */
function statusOf({ refusedWith }: GraphContext, { data }: ExecutionResult): number | undefined {
  const empty = Object.values(data ?? {}).every((value) => value === null);
  return empty && (refusedWith === 401 || refusedWith === 429) ? refusedWith : undefined;
}
