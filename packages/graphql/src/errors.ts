import type { FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { problemOf } from '@tradewind/service/problem.ts';

/** A problem document, as far as it is looked at here. */
export interface Problem {
  readonly detail: string;
  readonly code: string;
  readonly [member: string]: unknown;
}

/** A refusal as REST tells it, for a field: the same code, and what else the problem document says. */
export function refusalOf(problem: Problem): GraphQLError {
  const { type: _type, title: _title, instance: _instance, detail, ...extensions } = problem;
  return new GraphQLError(detail, { extensions });
}

/**
 * Errors as clients get them. What has a code is a refusal of ours (or of a subgraph, which came through here there);
 * of everything else nothing is told but INTERNAL and the trace id.
 */
export function tellErrors(
  errors: readonly GraphQLError[],
  request: FastifyRequest,
): readonly GraphQLFormattedError[] {
  return errors.flatMap((error) => {
    const causes = causesOf(error);
    return causes.map((cause) => {
      const { message, extensions } = told(cause, request);
      const { locations, path } = error;
      return {
        message,
        ...(locations ? { locations } : {}),
        ...(path ? { path } : {}),
        extensions,
      };
    });
  });
}

/** Several fields of one subgraph may fail with one answer. */
function causesOf(error: GraphQLError): readonly unknown[] {
  const { originalError } = error;
  if (originalError && 'errors' in originalError && Array.isArray(originalError.errors))
    return originalError.errors;
  return [error];
}

function told(
  error: unknown,
  request: FastifyRequest,
): { message: string; extensions: Record<string, unknown> } {
  const own = error instanceof Error && 'extensions' in error ? (error as GraphQLError) : undefined;
  if (typeof own?.extensions['code'] === 'string') {
    const { serviceName: _, ...extensions } = own.extensions;
    return { message: own.message, extensions };
  }
  // Values that do not fit their types: the language's own words, which name nothing but the schema. Those of variables are
  // wrapped once more, before any field is asked; with a path it is our own answer that does not fit.
  if (own && (!own.originalError || (!own.path && own.originalError instanceof GraphQLError))) {
    // Suggestions would tell the schema word by word.
    const message = own.message.replace(/ Did you mean .*$/s, '');
    return { message, extensions: { code: 'GRAPHQL_VALIDATION_FAILED', status: 400 } };
  }
  const cause = own?.originalError ?? error;
  const { message, extensions } = refusalOf(problemOf(cause, request));
  if (extensions['code'] === 'INTERNAL') request.log.error({ err: cause }, 'a field failed');
  return { message, extensions };
}
