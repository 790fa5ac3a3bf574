import { DomainError } from '@tradewind/kernel/errors.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { activeTraceparent } from '@tradewind/service/request-context.ts';
import { inArguments } from './argument-paths.ts';
import { type Problem, refusalOf } from './errors.ts';

export interface RestOptions {
  /** Sent as JSON. */
  readonly body?: object;
  /** Part of the body, or all of it, where the client gave it as the argument of that name. */
  readonly input?: object;
  readonly query?: Query;
  /** Part of the query, likewise. */
  readonly filter?: Query | null | undefined;
  readonly idempotencyKey?: string | null | undefined;
  /** The version that the caller has seen, for routes without a body. */
  readonly ifMatch?: number | null | undefined;
  /** A null of the body's own fields means null; else, and further inside, it means that nothing was said, as clients send unused variables. */
  readonly nulls?: 'kept';
}

type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

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
    const { input, filter, query = {}, idempotencyKey, ifMatch, nulls } = options;
    const body = input ? { ...input, ...options.body } : options.body;
    checkPath(path);
    const key = idempotencyKey ?? (method === 'POST' ? ownKey : undefined);
    const reply = await app.inject({
      method,
      url: path,
      query: Object.fromEntries(
        Object.entries({ ...filter, ...query }).flatMap(([name, value]) =>
          value === null || value === undefined ? [] : [[name, Array.isArray(value) ? value : String(value)]],
        ),
      ),
      headers: {
        ...headers,
        ...(typeof key === 'string' ? { 'idempotency-key': key } : {}),
        ...(typeof ifMatch === 'number' ? { 'if-match': `"${ifMatch}"` } : {}),
      },
      ...(body === undefined ? {} : { payload: nulls ? mapped(body, withoutNulls) : saidIn(body) }),
    });
    const text = reply.body;
    if (reply.statusCode >= 400) throw refusalOf(inArguments(JSON.parse(text) as Problem, { input, filter }));
    return (text === '' ? undefined : JSON.parse(text)) as Body;
  };
}

const mapped = (body: object, map: (value: unknown) => unknown): object =>
  Object.fromEntries(Object.entries(body).map(([name, value]: [string, unknown]) => [name, map(value)]));

const saidIn = (body: object): object =>
  mapped(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)), withoutNulls);

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return value !== null && typeof value === 'object' ? saidIn(value) : value;
}

/** An id that is empty or climbs would lead to another route than the one that was meant. */
function checkPath(path: string): void {
  if (
    !path
      .slice(1)
      .split('/')
      .some((part) => part === '' || part === '.' || part === '..')
  )
    return;
  throw new DomainError('VALIDATION_FAILED', 'invalid', 'an id is empty or no id');
}
