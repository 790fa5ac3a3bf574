import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './table.ts';
import { restOperations } from './contracts.ts';
import { checkout, stack, unique } from '../e2e/stack.fixture.ts';
import type { Things } from './things.fixture.ts';

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
}
interface Described {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: object }>> };
}
type Document = Parameters<typeof restOperations>[1] & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
};

export interface Route {
  readonly service: string;
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly permission: string | undefined;
  readonly query: readonly string[];
  /** A body that the contract gives as an example; undefined where none is taken. */
  readonly example: object | undefined;
}

const folder = join(checkout, 'schemas/openapi/services');

/** Every route of every service that runs, as its contract has it. */
export function routes(): Route[] {
  const services = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
  return services
    .filter((service) => stack.services[service] !== undefined)
    .flatMap((service) => {
      const document = JSON.parse(readFileSync(join(folder, `${service}.json`), 'utf8')) as Document;
      return restOperations(service, document).map(({ name, permission }) => {
        const [method = '', path = ''] = name.split(' ');
        const described = document.paths[path]?.[method.toLowerCase()] ?? {};
        const query = (described.parameters ?? []).filter(
          (one) => one.in === 'query' && one.required === true,
        );
        return {
          ...{ service, name, method, path, permission, query: query.map((one) => one.name) },
          example: Object.values(described.requestBody?.content ?? {})[0]?.example,
        };
      });
    });
}

const isWrite = ({ method }: Route): boolean => method !== 'GET';

/**
 * Asks once and says what came of it. Who must be refused sends what the contract gives as an example, so that nothing but
 * authorization can refuse it. Who is let through with a write sends what no route takes, so that nothing is done.
 */
export async function outcomeOf(
  route: Route,
  things: Things,
  bearer: string | undefined,
  expected: Outcome,
): Promise<string> {
  const body =
    route.example === undefined
      ? undefined
      : expected === 'ok'
        ? { noSuchField: unique('X') }
        : route.example;
  const response = await fetch(new URL(addressOf(route, things), stack.services[route.service]), {
    method: route.method,
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(route.method === 'POST' ? { 'idempotency-key': unique('WALK') } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  // A stream has no end: that it begins is the answer.
  if (streams) await response.body?.cancel();
  const text = streams ? '' : await response.text();
  const code = response.status < 400 ? '' : (JSON.parse(text) as { code: string }).code;
  return outcome(route, response.status, code);
}

function addressOf({ service, name, path, query }: Route, { inPath, inQuery }: Things): string {
  const thing = (table: Readonly<Record<string, string>>, what: string): string => {
    const value = table[what];
    if (value === undefined)
      throw new Error(`${name} names a thing that things.fixture.ts does not make: ${what}`);
    return encodeURIComponent(value);
  };
  const address = path.replaceAll(/(?<=\/)([^/{}]+)\/(\{\w+\})/g, (_, kind: string, parameter: string) => {
    // Some are other ones in each service.
    const own = `${service}: ${kind}/${parameter}`;
    return `${kind}/${thing(inPath, Object.hasOwn(inPath, own) ? own : `${kind}/${parameter}`)}`;
  });
  return `${address}?${query.map((one) => `${one}=${thing(inQuery, one)}`).join('&')}`;
}

/** `ok`, the status of a proper refusal, or the status with the code of what was not foreseen. */
function outcome(route: Route, status: number, code: string): string {
  if (status === 401 && code === 'UNAUTHENTICATED') return '401';
  if (status === 403) return '403';
  // A write that was let through may have taken away what the next one wants.
  if (status === 404 && code.endsWith('_NOT_FOUND') && code !== 'ROUTE_NOT_FOUND')
    return route.method === 'DELETE' ? 'gone' : '404';
  // Who may upgrade, and does not, is told so.
  const through = isWrite(route)
    ? status < 500 && status !== 401 && status !== 404
    : status === 200 || status === 426;
  return through ? 'ok' : `${status} ${code}`;
}
