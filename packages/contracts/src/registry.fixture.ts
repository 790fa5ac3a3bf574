import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { incompatibleWith } from '#compat.ts';
import type { EventSchema } from '#schema.ts';

/** The part of the Confluent API that we use, in memory, under FULL_TRANSITIVE. For tests of what happens around a registry. */
export interface RegistryFixture {
  readonly url: string;
  /** Requests so far, as `GET /schemas/ids/1`. */
  readonly requests: string[];
  stop(): Promise<void>;
}

type Answer = readonly [status: number, body: unknown];

export async function startRegistry({ port = 0, hangs = false } = {}): Promise<RegistryFixture> {
  const requests: string[] = [];
  const answer = store();
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (!hangs) void respond(request, response, answer);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: actual } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${actual}/apis/ccompat/v7`, requests, stop: () => stop(server) };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (method: string, path: string, body: string) => Answer,
): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const path = (request.url ?? '').replace('/apis/ccompat/v7', '');
  const [status, value] = answer(request.method ?? '', path, body);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function store(): (method: string, path: string, body: string) => Answer {
  const schemas: string[] = [];
  const subjects = new Map<string, string[]>();
  const rules = new Map<string, string>();
  const notFound: Answer = [404, { error_code: 40403, message: 'not found' }];
  const idOf = (schema: string): number => schemas.indexOf(schema) + 1;

  function register(subject: string, schema: string): Answer {
    const versions = subjects.get(subject) ?? [];
    const released = new Map(versions.map((text, i) => [i + 1, JSON.parse(text) as EventSchema]));
    const problems = incompatibleWith(JSON.parse(schema) as EventSchema, released);
    if (problems.length > 0) return [409, { error_code: 409, message: 'incompatible' }];
    if (!schemas.includes(schema)) schemas.push(schema);
    if (!versions.includes(schema)) subjects.set(subject, [...versions, schema]);
    return [200, { id: idOf(schema) }];
  }

  return (method, path, body) => {
    const [, kind, name = '', , version] = path.split('/').map(decodeURIComponent);
    if (kind === 'config') {
      if (method !== 'PUT') return [200, { compatibilityLevel: rules.get(name) ?? 'FULL_TRANSITIVE' }];
      rules.set(name, (JSON.parse(body) as { compatibility: string }).compatibility);
      return [200, JSON.parse(body)];
    }
    if (kind === 'schemas') {
      const schema = schemas[Number(path.split('/').at(-1)) - 1];
      return schema === undefined ? notFound : [200, { schema }];
    }
    const versions = subjects.get(name) ?? [];
    if (method === 'GET') {
      if (version === undefined) return [200, versions.map((_, i) => i + 1)];
      return [200, { version: Number(version), schema: versions[Number(version) - 1] }];
    }
    const { schema } = JSON.parse(body) as { schema: string };
    if (path.endsWith('/versions')) return register(name, schema);
    return versions.includes(schema) ? [200, { id: idOf(schema) }] : notFound;
  };
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
