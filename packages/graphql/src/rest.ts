import type { FastifyInstance, FastifyRequest } from 'fastify';
import { activeTraceparent } from '@tradewind/service/request-context.ts';
import { type Problem, refusalOf } from './errors.ts';

export interface RestOptions {
  /** Sent as JSON. */
  readonly body?: object;
  readonly query?: Readonly<Record<string, string | number | null | undefined>>;
  readonly idempotencyKey?: string | null | undefined;
  /** The version that the caller has seen, for routes without a body. */
  readonly ifMatch?: number | null | undefined;
  /** A null of the body means null; else it means that nothing was said, as clients send unused variables. */
  readonly nulls?: 'kept';
}

/** Runs a route of the service's own REST surface, as the caller of the GraphQL request, and answers its body. */
export type Rest = <Body>(method: Method, path: string, options?: RestOptions) => Promise<Body>;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What says who calls and to which request it belongs. */
const PASSED = ['authorization', 'x-forwarded-for', 'cart-token'] as const;

/**
 * The route is called inside the process: who may do it, validation, idempotency and refusals are those of REST because
 * they are the very same code (ADR 0025).
 * @throws GraphQLError with the problem's code
 */
export function restOf(app: FastifyInstance, request: FastifyRequest): Rest {
  const headers: Record<string, string> = { 'correlation-id': request.correlationId };
  for (const name of PASSED) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const traceparent = activeTraceparent();
  if (traceparent) headers['traceparent'] = traceparent;
  const ownKey = request.headers['idempotency-key'];

  return async <Body>(method: Method, path: string, options: RestOptions = {}) => {
    const { body, query = {}, idempotencyKey, ifMatch, nulls } = options;
    const key = idempotencyKey ?? (method === 'POST' ? ownKey : undefined);
    const reply = await app.inject({
      method,
      url: path,
      query: Object.fromEntries(
        Object.entries(query).flatMap(([name, value]) =>
          value === null || value === undefined ? [] : [[name, String(value)]],
        ),
      ),
      headers: {
        ...headers,
        ...(typeof key === 'string' ? { 'idempotency-key': key } : {}),
        ...(typeof ifMatch === 'number' ? { 'if-match': `"${ifMatch}"` } : {}),
      },
      ...(body === undefined ? {} : { payload: nulls ? body : withoutNulls(body) }),
    });
    const text = reply.body;
    if (reply.statusCode >= 400) throw refusalOf(JSON.parse(text) as Problem);
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  };
}

function withoutNulls(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}
