import { setTimeout as sleep } from 'node:timers/promises';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { Type } from 'avsc';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { parseOptions } from '#avro-types.ts';
import type { EventSchema } from '#schema.ts';

/** The requests to the registry that we need, with a time limit, three tries and our errors. */
export interface RegistryClient {
  idOf(subject: string, schema: EventSchema): Promise<number>;
  schemaOf(id: number): Promise<Type>;
  register(subject: string, schema: EventSchema): Promise<number>;
  /** Makes FULL_TRANSITIVE the rule for subjects that have none of their own. */
  requireFullTransitive(): Promise<void>;
  /** Every registered version of a subject, by number. */
  versionsOf(subject: string): Promise<Map<number, EventSchema>>;
}

const TRIES = 3;

export function connectRegistry(url: string, timeoutMs: number): RegistryClient {
  const registry = new SchemaRegistry(
    {
      host: url,
      clientId: 'tradewind',
      // The client's own retries leave out refused connections and POST, so it gets none and `attempt` does them.
      retry: { retries: 0 },
      middlewares: [
        () => ({ prepareRequest: async (next) => (await next()).enhance({ timeout: timeoutMs }) }),
      ],
    },
    // The client parses with its own avsc: ours has the same version, so the types work together.
    { [SchemaType.AVRO]: parseOptions },
  );
  async function setRule(path: string): Promise<void> {
    const body = JSON.stringify({ compatibility: COMPATIBILITY.FULL_TRANSITIVE });
    await call(`${url}${path}`, timeoutMs, { method: 'PUT', body });
  }
  return {
    idOf: (subject, schema) =>
      attempt(() => registry.getRegistryIdBySchema(subject, asRaw(schema)), `find ${subject}`),
    schemaOf: (id) =>
      attempt(async () => (await registry.getSchema(id)) as unknown as Type, `fetch schema ${id}`),
    register: async (subject, schema) =>
      (
        await attempt(async () => {
          const options = { subject, compatibility: COMPATIBILITY.FULL_TRANSITIVE };
          try {
            return await registry.register(asRaw(schema), options);
          } catch (error) {
            if (!isWithoutRule(error)) throw error;
            await setRule(`/config/${encodeURIComponent(subject)}`);
            return registry.register(asRaw(schema), options);
          }
        }, `register ${subject}`)
      ).id,
    requireFullTransitive: () => attempt(() => setRule('/config'), 'set the compatibility'),
    versionsOf: async (subject) => {
      const path = `${url}/subjects/${encodeURIComponent(subject)}/versions`;
      const numbers = (await attempt(() => call(path, timeoutMs), `list ${subject}`)) as number[];
      const versions = await Promise.all(
        numbers.map((number) =>
          attempt(() => call(`${path}/${number}`, timeoutMs), `read ${subject} ${number}`),
        ),
      );
      return new Map(
        versions.map((answer) => {
          const { version, schema } = answer as { version: number; schema: string };
          return [version, JSON.parse(schema) as EventSchema];
        }),
      );
    },
  };
}

/** The client registers a schema first and sets its subject's rule then: one that was killed in between left none. */
const isWithoutRule = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === 'ConfluentSchemaRegistryCompatibilityError' &&
  error.message.includes(`!= ${COMPATIBILITY.NONE}`);

/** The requests that the client library does not have. */
async function call(url: string, timeoutMs: number, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, {
    ...init,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) {
    throw Object.assign(new Error(`${response.status} ${await response.text()}`), {
      status: response.status,
    });
  }
  return response.json();
}

/** The client sends the schema as JSON, custom attributes and all. */
function asRaw(schema: EventSchema): { type: 'record'; name: string; fields: object[] } {
  return schema as unknown as { type: 'record'; name: string; fields: object[] };
}

async function attempt<T>(request: () => Promise<T>, what: string): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await request();
    } catch (error) {
      const failure = toDomainError(error, what);
      if (!failure.retryable || tries === TRIES) throw failure;
      await sleep(100 * 3 ** (tries - 1));
    }
  }
}

function toDomainError(error: unknown, what: string): DomainError {
  const { status, name, message } = error as { status?: number; name?: string; message?: string };
  const text = `schema registry: cannot ${what}: ${message}`;
  // The client drops the status of a 404 on a lookup by schema, and reports a refused connection as status 400.
  if (status === 404 || name === 'ConfluentSchemaRegistryError') {
    return new DomainError('SCHEMA_NOT_REGISTERED', 'not-found', text, { cause: error });
  }
  if (status === 409 || status === 422 || name === 'ConfluentSchemaRegistryCompatibilityError') {
    return new DomainError('SCHEMA_INCOMPATIBLE', 'conflict', text, { cause: error });
  }
  return new DomainError('SCHEMA_REGISTRY_UNAVAILABLE', 'unavailable', text, { cause: error });
}
