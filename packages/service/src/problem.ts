import { randomBytes } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type DomainError, type ErrorKind, isDomainError } from '@tradewind/kernel/errors.ts';
import { z } from 'zod';

/** RFC 9457 problem document. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string().meta({ description: 'Stable, UPPER_SNAKE: what a client may branch on' }),
    traceId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .loose()
  .meta({ id: 'Problem' });

/** Status and title of each kind of error. */
export const kinds: Readonly<Record<ErrorKind, readonly [status: number, title: string]>> = {
  invalid: [400, 'The request is not valid'],
  unauthenticated: [401, 'Authentication is required'],
  'payment-required': [402, 'The payment was declined'],
  forbidden: [403, 'Not allowed'],
  'not-found': [404, 'Not found'],
  conflict: [409, 'The request conflicts with the current state'],
  rejected: [422, 'The request cannot be carried out'],
  'too-many': [429, 'Too many requests'],
  bug: [500, 'Something went wrong here'],
  unavailable: [503, 'Temporarily unavailable'],
};

/** HTTP status of an error. */
export const statusOf = (error: DomainError): number => kinds[error.kind][0];

export const typeOf = (code: string): string =>
  `urn:tradewind:problem:${code.toLowerCase().replaceAll('_', '-')}`;

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

interface Described {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly retryAfter?: number | undefined;
}

interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** What fastify itself refuses, as problems of ours. */
const frameworkErrors: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  METHOD_NOT_ALLOWED: [
    405,
    'METHOD_NOT_ALLOWED',
    'this path does not have this method; Allow lists those it has',
  ],
  UPGRADE_REQUIRED: [426, 'UPGRADE_REQUIRED', 'this path speaks WebSocket only'],
  FST_ERR_BAD_URL: [400, 'MALFORMED_URL', 'the path is not percent-encoded UTF-8'],
  FST_ERR_MAX_PARAM_LENGTH: [400, 'URL_TOO_LONG', 'a part of the path is too long'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'PAYLOAD_TOO_LARGE', 'bodies may have 256 KiB'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'UNSUPPORTED_MEDIA_TYPE', 'send application/json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'MALFORMED_BODY', 'the body is empty'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'MALFORMED_BODY', 'the body is not JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'MALFORMED_BODY', 'the content-length is wrong'],
};

/** For a route that is only served over another protocol. */
export const upgradeRequired = (): Error =>
  Object.assign(new Error('upgrade required'), { code: 'UPGRADE_REQUIRED' });

function describe(error: unknown): Described {
  if (isDomainError(error)) {
    const [status, title] = kinds[error.kind];
    const detail =
      error.kind === 'bug' ? 'the request was not carried out; the trace id finds the reason' : error.message;
    return { status, title, code: error.code, detail, extra: error.details, retryAfter: error.retryAfter };
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const [status, title] = kinds.invalid;
    const errors = error.validation.flatMap((issue) => fieldErrors(issue, error.validationContext ?? 'body'));
    const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
    return { status, title, code: 'VALIDATION_FAILED', detail, extra: { errors } };
  }
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = frameworkErrors[code ?? ''];
  if (known) return { status: known[0], title: kinds.invalid[1], code: known[1], detail: known[2] };
  if (error instanceof SyntaxError || (statusCode !== undefined && statusCode >= 400 && statusCode < 500)) {
    return {
      status: statusCode ?? 400,
      title: kinds.invalid[1],
      code: 'BAD_REQUEST',
      detail: 'the request is malformed',
    };
  }
  const [status, title] = kinds.bug;
  return {
    status,
    title,
    code: 'INTERNAL',
    detail: 'the request was not carried out; the trace id finds the reason',
  };
}

/** What zod says of a text of the query that it was to read as a number: the caller sent no NaN. */
const NOT_A_NUMBER = /received NaN$/;

/** Issues of zod as the contract shows them; each unknown field is an error of its own. */
function fieldErrors(issue: FastifySchemaValidationError, place: string): FieldError[] {
  const { instancePath, message = 'not valid', params } = issue;
  const path = [place, ...instancePath.split('/').filter((part) => part !== '')].join('.');
  const { keys } = params as { keys?: unknown };
  if (issue.keyword !== 'unrecognized_keys' || !Array.isArray(keys)) {
    return [{ path, message: NOT_A_NUMBER.test(message) ? 'not a number' : message }];
  }
  return keys.map((key) => ({ path: `${path}.${String(key)}`, message: 'is not known here' }));
}

/** The problem document of an error, as it is sent and as an idempotency record keeps it. */
export function problemOf(error: unknown, request: FastifyRequest) {
  return document(describe(error), request);
}

function document({ status, title, code, detail, extra }: Described, request: FastifyRequest) {
  return {
    // Clients show these beside their fields, so each 400 has them.
    ...(status === 400 ? { errors: [{ path: 'request', message: detail }] } : {}),
    ...extra,
    type: typeOf(code),
    title,
    status,
    detail,
    // Without its query, which may hold what replies and whoever keeps them must not: a token, put where it does not belong.
    instance: request.url.replace(/\?.*$/s, ''),
    code,
    traceId: trace.getActiveSpan()?.spanContext().traceId ?? randomBytes(16).toString('hex'),
  };
}

/** The one place where errors become HTTP: never a stack trace, a table's name or a driver's text. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const described = describe(error);
  const { status, code, retryAfter } = described;
  if (status >= 500 && status !== 503) request.log.error({ err: error, code }, 'request failed');
  const seconds = retryAfter ?? (status === 503 || status === 429 ? 1 : undefined);
  if (seconds !== undefined && !reply.hasHeader('retry-after'))
    void reply.header('retry-after', String(seconds));
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="tradewind"');
  return reply
    .code(status)
    .header('content-type', PROBLEM_TYPE)
    .send(JSON.stringify(document(described, request)));
}
