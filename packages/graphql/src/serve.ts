import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { problem } from '@tradewind/service/problem.ts';
import { execute, type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { tellErrors } from './errors.ts';
import type { Limits } from './limits.ts';
import { createOperations } from './operations.ts';
import type { PersistedQueries } from './persisted-queries.ts';

export interface GraphqlSurface<Context> {
  readonly schema: GraphQLSchema;
  readonly limits: Limits;
  readonly introspection: boolean;
  /** Documents by their hash; without it each request brings its own. */
  readonly persisted?: PersistedQueries;
  /** What resolvers know of a request; one per request. */
  contextOf(request: FastifyRequest): Context;
  /** Another status than 200 for an answer that is well-formed; the body stays what it is. */
  statusOf?(context: Context, result: ExecutionResult): number | undefined;
}

const variables = z.record(z.string(), z.unknown()).nullish();
const extensions = z
  .looseObject({
    persistedQuery: z
      .looseObject({ version: z.literal(1), sha256Hash: z.string().regex(/^[0-9a-f]{64}$/) })
      .optional(),
  })
  .nullish();

/** GraphQL over HTTP: a request. */
const body = z
  .object({
    query: z.string().nullish(),
    operationName: z.string().nullish(),
    variables,
    extensions,
  })
  .meta({
    id: 'GraphqlRequest',
    example: {
      query: 'query ($id: ID!) { product(id: $id) { name listPrice currency inventory { available } } }',
      variables: { id: '019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a34' },
    },
  });

const answer = z
  .object({
    data: z.unknown().optional(),
    errors: z
      .array(
        z.looseObject({ message: z.string(), extensions: z.looseObject({ code: z.string() }).optional() }),
      )
      .optional(),
  })
  .meta({ id: 'GraphqlAnswer' });

type GraphqlRequest = z.infer<typeof body>;

const BODY_LIMIT = 256 * 1024;
const GRAPHQL_TYPE = 'application/graphql-response+json';

/**
 * Mounts a schema as `POST /graphql`. Errors have the codes that REST has; a request that cannot be executed at all is
 * answered as GraphQL over HTTP says: 200 to clients of `application/json`, 400 to those of the newer media type.
 */
export function serveGraphql<Context>(app: FastifyInstance, surface: GraphqlSurface<Context>): void {
  const { schema, persisted } = surface;
  const operations = createOperations(schema, surface);

  async function run(given: GraphqlRequest, context: Context): Promise<ExecutionResult> {
    const query = persisted ? persisted.queryOf(given) : given.query;
    if (query === null || query === undefined || query === '') {
      throw new DomainError('QUERY_MISSING', 'invalid', 'the request has no query');
    }
    const { document, errors } = operations(query, given.variables ?? {});
    if (!document) return { errors };
    return execute({
      schema,
      document,
      contextValue: context,
      variableValues: given.variables ?? null,
      operationName: given.operationName ?? null,
    });
  }

  async function respond(
    given: GraphqlRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const context = surface.contextOf(request);
    const result = await run(given, context).catch((error: unknown): ExecutionResult => ({
      errors: [asGraphqlError(error)],
    }));
    const newer = request.headers.accept?.includes(GRAPHQL_TYPE) ?? false;
    const status = result.data === undefined && newer ? 400 : (surface.statusOf?.(context, result) ?? 200);
    return reply
      .code(status)
      .type(`${newer ? GRAPHQL_TYPE : 'application/json'}; charset=utf-8`)
      .send(
        JSON.stringify({
          ...('data' in result ? { data: result.data } : {}),
          ...(result.errors ? { errors: tellErrors(result.errors, request) } : {}),
        }),
      );
  }

  app.post<{ Body: GraphqlRequest }>(
    '/graphql',
    {
      bodyLimit: BODY_LIMIT,
      config: { access: 'public', admission: 'always' },
      schema: {
        tags: ['graphql'],
        summary: 'Queries and mutations of the GraphQL schema; each field says who may ask for it',
        querystring: storeQuery,
        body,
        response: { 200: answer, 400: problem, 401: problem },
      },
    },
    (request, reply) => respond(request.body, request, reply),
  );
}

/** The tenant of callers without a token. */
const storeQuery = z.object({
  store: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
});

const asGraphqlError = (error: unknown): GraphQLError =>
  error instanceof GraphQLError
    ? error
    : new GraphQLError(String(error), { originalError: error instanceof Error ? error : null });
