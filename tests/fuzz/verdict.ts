import { errorsOf, schemasOf } from './document-schemas.ts';
import { bodySchemaOf, type OpenapiDocument, type Operation, operationAt } from './openapi.ts';
import type { Reply } from './send.ts';
import type { Shot } from './shots.ts';

/** What is wrong with a reply. */
export interface Fault {
  readonly kind: string;
  readonly detail: string;
}

export interface Expectations {
  readonly document: OpenapiDocument;
  readonly operations: readonly Operation[];
}

export type Judge = (shot: Shot, reply: Reply) => Fault | undefined;

/** Why a service may be away for requests that come beside one another. */
const PROVOKED = ['OVERLOADED', 'FLASH_SALE_BUSY'];
/** What HTTP itself refuses, before there is an operation. */
const NO_OPERATION = [204, 400, 401, 404, 405, 413, 415, 431];
/** What a gateway refuses of any operation: HEAD of an upgrade, a body that no GET has. */
const AT_THE_DOOR = [405, 413];
/** Text of a stack, a driver or a table: see the problem documents of packages/service. */
export const INNARDS: readonly RegExp[] = [
  /\n\s+at /,
  /node_modules|node:internal|\.ts:\d+/,
  /\b(?:relation|column|constraint) \\?"/,
  /\b(?:duplicate key|violates|syntax error at|deadlock detected|ECONN[A-Z]+|kysely|fastify|kafkajs|postgres|ioredis)\b/i,
  /\b(?:TypeError|RangeError|ZodError|SyntaxError|ReferenceError)\b/,
];

/** Judges replies by the service's own document. */
export function judge({ document, operations }: Expectations): Judge {
  const schemaAt = schemasOf(document);
  const where = ({ template, method }: Operation): string[] => ['paths', template, method.toLowerCase()];

  function ofStatus(reply: Reply, operation: Operation | undefined): Fault | undefined {
    const { status } = reply;
    if (status === 503) {
      const { code = '' } = problemOf(reply);
      // Requests beside one another may be too many, or meet at one sale; nothing here takes a service away.
      if (!PROVOKED.includes(code)) return fault('away', `503 ${code} that nothing has provoked`);
      if (reply.headers['retry-after'] === undefined) return fault('away', '503 without Retry-After');
    } else if (status >= 500) return fault('server error', String(status));
    const documented = operation
      ? operation.responses[String(status)] !== undefined || AT_THE_DOOR.includes(status)
      : NO_OPERATION.includes(status);
    return documented ? undefined : fault('undocumented status', String(status));
  }

  function ofBody({ method }: Shot, reply: Reply, operation: Operation): Fault | undefined {
    // Documents and metrics have forms of their own.
    if (method === 'HEAD' || !operation.template.startsWith('/api/')) return undefined;
    const content = operation.responses[String(reply.status)]?.content;
    if (content === undefined && AT_THE_DOOR.includes(reply.status)) return undefined;
    if (content === undefined)
      return reply.text === '' ? undefined : fault('body', 'a body that is not documented');
    const [media = ''] = String(reply.headers['content-type']).split(';');
    if (content[media] === undefined) return fault('media type', `${media} is not documented`);
    if (content[media].schema === undefined || !media.endsWith('json')) return undefined;
    const valid = schemaAt(
      ...where(operation),
      'responses',
      String(reply.status),
      'content',
      media,
      'schema',
    );
    if (valid(parsed(reply.text))) return undefined;
    return fault('schema', errorsOf(valid));
  }

  /** A request that its own schema refuses, or whose caller is nobody, must not succeed. */
  function ofSuccess(shot: Shot, { status }: Reply, operation: Operation): Fault | undefined {
    if (status >= 300) return undefined;
    if (operation.security && !shot.caller.genuine) return fault('let in', shot.caller.name);
    const body =
      shot.body === undefined || shot.body.length === 0 ? undefined : parsed(shot.body.toString('utf8'));
    if (bodySchemaOf(operation) === undefined || body === undefined) return undefined;
    const valid = schemaAt(...where(operation), 'requestBody', 'content', 'application/json', 'schema');
    return valid(body) ? undefined : fault('accepted', `what its schema refuses: ${errorsOf(valid)}`);
  }

  return (shot, reply) => {
    const operation = operationAt(operations, shot.method, shot.path);
    return (
      ofStatus(reply, operation) ??
      (reply.status >= 400 && !isTheGraphs(operation, reply) ? ofProblem(shot, reply) : undefined) ??
      (operation && (ofBody(shot, reply, operation) ?? ofSuccess(shot, reply, operation)))
    );
  };
}

/** The graph says in its own form what its fields refuse: graphql.fuzz.spec.ts looks at that. */
const isTheGraphs = (operation: Operation | undefined, { text }: Reply): boolean =>
  operation?.template === '/graphql' &&
  Array.isArray((parsed(text) as { errors?: unknown }).errors) &&
  (parsed(text) as Problem).code === undefined;

const fault = (kind: string, detail: string): Fault => ({ kind, detail });

interface Problem {
  readonly code?: string;
  readonly status?: number;
  readonly errors?: readonly unknown[];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const problemOf = ({ text }: Reply): Problem => (parsed(text) ?? {}) as Problem;

/** What holds for every refusal, documented or not. */
function ofProblem({ method }: Shot, reply: Reply): Fault | undefined {
  if (reply.headers['correlation-id'] === undefined) return fault('refusal', 'no Correlation-Id');
  if (method === 'HEAD') return undefined;
  const problem = problemOf(reply);
  if (!String(reply.headers['content-type']).startsWith('application/problem+json'))
    return fault('refusal', `${reply.status} is no problem document`);
  if (!/^[A-Z][A-Z0-9_]+$/.test(problem.code ?? '') || problem.status !== reply.status)
    return fault('refusal', `code ${problem.code}, status ${problem.status}`);
  if (reply.status === 400 && !problem.errors?.length) return fault('refusal', '400 without errors');
  const { instance: _, ...rest } = problem as Record<string, unknown>;
  // What may be chosen is documented: operators choose among stores by their names.
  const text = JSON.stringify(rest).replaceAll(/expected one of (?:\\"[^"\\]*\\"\|?)+/g, '');
  const seen = INNARDS.find((form) => form.test(text));
  return seen && fault('innards', String(seen.exec(text)?.[0]));
}
