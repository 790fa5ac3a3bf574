import type { FastifyInstance } from 'fastify';
import type { Access } from './access.ts';
import { exampleOf, type Schema, type Schemas } from './openapi-examples.ts';
import { descriptions, PROBLEM_SCHEMA, problemExample } from './openapi-statuses.ts';
import type { Needed } from './permissions.ts';

interface Media {
  schema?: Schema;
  example?: unknown;
}
interface Body {
  description?: string;
  content?: Record<string, Media>;
  headers?: Record<string, unknown>;
  required?: boolean;
}
interface Parameter {
  readonly in: string;
  readonly name: string;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: Body;
  responses?: Record<string, Body>;
  'x-access'?: Access;
  'x-permission'?: Needed;
}
interface Document {
  paths?: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
}

/** What the document can't be told by a schema. */
export interface Remembered {
  readonly idempotency: 'required' | 'accepted' | undefined;
  readonly access: Access;
  readonly permission: Needed | undefined;
  /** It waits for the position that it carries. */
  readonly waits: boolean;
}

/** Collects it from the routes, by `POST /orders/{id}`. */
export function rememberOperations(app: FastifyInstance): ReadonlyMap<string, Remembered> {
  const operations = new Map<string, Remembered>();
  app.addHook('onRoute', ({ method, url, config }) => {
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    const { idempotency, access = 'public', permission, reads } = config ?? {};
    const remembered = { idempotency, access, permission, waits: reads !== undefined };
    for (const one of [method].flat()) operations.set(`${one} ${path}`, remembered);
  });
  return operations;
}

const header = (name: string, description: string, required = false) => ({
  in: 'header',
  name,
  required,
  description,
  schema: { type: 'string' },
});
const ifMatch = header('If-Match', 'ETag that the write builds on, such as "3"');
const correlationId = header('Correlation-Id', 'Accepted or made, echoed, and on all that follows');
const positionToken = header(
  'Position-Token',
  'As a command answered with it: the read waits, within limits, until it shows what was written',
);
const lag = {
  schema: { type: 'string' },
  description:
    'where a Position-Token was sent: versions and ms that are missing, `versions=0, ms=0` for none',
};
const keyText = '1 to 255 visible ASCII characters; the same key and body again get the same reply';

const isApi = (path: string): boolean => /^\/(api|ws|sse)\//.test(path) || path === '/graphql';

/**
 * Adds what holds for every route alike, so that no route has to say it: the statuses that hooks answer with, problem
 * documents with their media type, the common headers, and an example wherever a schema has none.
 */
export function completeOpenapi<T>(input: T, operations: ReadonlyMap<string, Remembered>): T {
  const document = input as Document;
  const schemas = document.components?.schemas ?? {};
  // What clients come for stands first.
  const paths = Object.entries(document.paths ?? {}).sort(([a], [b]) => Number(isApi(b)) - Number(isApi(a)));
  document.paths = Object.fromEntries(paths);
  for (const [path, item] of paths) {
    for (const [method, operation] of Object.entries(item)) {
      const remembered = operations.get(`${method.toUpperCase()} ${path}`);
      if (isApi(path)) complete(operation, schemas, method, path, remembered);
      for (const [status, response] of Object.entries(operation.responses ?? {}))
        describe(status, response, path, schemas);
      if (operation.requestBody && takesNone(operation.requestBody, schemas))
        operation.requestBody.required = false;
      for (const media of Object.values(operation.requestBody?.content ?? {})) illustrate(media, schemas);
    }
  }
  return input;
}

function complete(
  operation: Operation,
  schemas: Schemas,
  method: string,
  path: string,
  remembered: Remembered | undefined,
): void {
  const key = remembered?.idempotency;
  const access = remembered?.access ?? 'public';
  operation['x-access'] = access;
  if (remembered?.permission) operation['x-permission'] = remembered.permission;
  const added = [
    correlationId,
    ...(takesVersion(operation, schemas) ? [ifMatch] : []),
    ...(key ? [header('Idempotency-Key', keyText, key === 'required')] : []),
    ...(remembered?.waits ? [positionToken] : []),
  ];
  const names = new Set(added.map(({ name }) => name.toLowerCase()));
  const own = (operation.parameters ?? []).filter(
    (one) => one.in !== 'header' || !names.has(one.name.toLowerCase()),
  );
  operation.parameters = [...own, ...added];
  const { '4XX': _, ...responses } = operation.responses ?? {};
  const statuses = [
    400,
    401,
    ...(access === 'public' ? [] : [403]),
    ...(path.includes('{') ? [404] : []),
    ...(key ? [409] : []),
    ...(method === 'get' ? [] : [413, 415]),
    429,
    503,
  ];
  for (const status of statuses) responses[status] ??= { content: { json: { schema: PROBLEM_SCHEMA } } };
  if (remembered?.waits && responses[200]) responses[200].headers = { 'Projection-Lag': lag };
  operation.responses = responses;
}

/** Where a body may say which version it builds on, If-Match may say it too. */
function takesVersion({ requestBody }: Operation, schemas: Schemas): boolean {
  return shapesOf(requestBody, schemas).some(
    ({ properties }) => properties?.['expectedVersion'] !== undefined,
  );
}

/** No body at all is read as null. */
function takesNone(body: Body, schemas: Schemas): boolean {
  return shapesOf(body, schemas).some(({ type }) => [type].flat().includes('null'));
}

/** What a body may be: its schema, and what that leaves to choose from. */
function shapesOf(body: Body | undefined, schemas: Schemas): readonly Schema[] {
  return Object.values(body?.content ?? {}).flatMap(({ schema = {} }) => {
    const named = schema.$ref ? (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;
    return [named, ...(named.anyOf ?? [])];
  });
}

function describe(status: string, response: Body, path: string, schemas: Schemas): void {
  if (!response.description || response.description === 'Default Response')
    response.description = descriptions[status] ?? 'Otherwise';
  const [media] = Object.values(response.content ?? {});
  if (media?.schema?.$ref === PROBLEM_SCHEMA.$ref) {
    const example = problemExample(Number(status), path);
    response.content = { 'application/problem+json': { schema: PROBLEM_SCHEMA, example } };
    if (status === '429' || status === '503')
      response.headers = { 'Retry-After': { schema: { type: 'integer' }, description: 'seconds' } };
  } else if (media) illustrate(media, schemas);
}

function illustrate(media: Media, schemas: Schemas): void {
  if (media.schema && media.example === undefined) media.example = exampleOf(media.schema, schemas);
}
