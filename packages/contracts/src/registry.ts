import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Type } from 'avsc';
import { parseType } from '#avro-types.ts';
import { schemaIdOf } from '#codec.ts';
import { createDecoder } from '#decoder.ts';
import { eventDefinitions, type AnyEvent, type EventType } from '#event.ts';
import { fingerprint, openCache } from '#registry-cache.ts';
import { connectRegistry } from '#registry-client.ts';

export interface SchemaRegistry {
  /**
   * Learns the ids of events that this service publishes or reads, and all that is needed to decode them.
   * @throws DomainError SCHEMA_NOT_REGISTERED; SCHEMA_REGISTRY_UNAVAILABLE where the cache file does not help either
   */
  load(types: readonly EventType[]): Promise<void>;
  /** The id to encode with. Throws DomainError SCHEMA_NOT_LOADED (bug) before `load` had the type. */
  idFor(type: EventType): number;
  /**
   * The event in a message: at once where its schema is known, else a promise that fetches the schema first. Known
   * ids go on working with the registry down. Throws or rejects with DomainError EVENT_UNKNOWN (skip it),
   * EVENT_MALFORMED (dead letter), SCHEMA_REGISTRY_UNAVAILABLE (retry).
   */
  decode(message: Buffer): AnyEvent | Promise<AnyEvent>;
  /** Fetches the schemas of these messages, so that `decode` answers each of them at once. */
  prepare(messages: Iterable<Buffer>): Promise<void>;
}

export interface SchemaRegistryOptions {
  /** Base of the Confluent API, as `http://127.0.0.1:18081/apis/ccompat/v7`. */
  readonly url: string;
  /** Keeps ids and schemas over a restart, so that a service starts with the registry down. */
  readonly cacheFile?: string;
  /** Limit for one request; there are three tries. */
  readonly timeoutMs?: number;
}

export function createSchemaRegistry({
  url,
  cacheFile,
  timeoutMs = 3_000,
}: SchemaRegistryOptions): SchemaRegistry {
  const client = connectRegistry(url, timeoutMs);
  const cache = openCache(cacheFile);
  const decoder = createDecoder();
  const ids = new Map<EventType, number>();
  const fetching = new Map<number, Promise<void>>();

  async function loadOne(type: EventType): Promise<void> {
    const { schema } = eventDefinitions[type];
    const print = fingerprint(schema);
    const id = await orCached(client.idOf(type, schema), () => cache.idOf(print));
    ids.set(type, id);
    cache.rememberId(print, id, schema);
    decoder.learn(id, parseType(schema));
  }

  async function fetchSchema(id: number): Promise<void> {
    const writer: Type = await orCached(client.schemaOf(id), () => {
      const schema = cache.schemaOf(id);
      return schema && parseType(schema);
    });
    decoder.learn(id, writer);
    cache.rememberSchema(id, writer.schema({ exportAttrs: true }) as object);
    cache.save();
  }

  /** One request per id, however many messages wait for it. */
  function learn(id: number): Promise<void> {
    let pending = fetching.get(id);
    if (!pending) {
      pending = fetchSchema(id).finally(() => fetching.delete(id));
      fetching.set(id, pending);
    }
    return pending;
  }

  return {
    async load(types) {
      await Promise.all(types.filter((type) => !ids.has(type)).map(loadOne));
      cache.save();
    },
    idFor(type) {
      const id = ids.get(type);
      if (id === undefined)
        throw new DomainError('SCHEMA_NOT_LOADED', 'bug', `${type} was not given to load()`);
      return id;
    },
    decode(message) {
      const id = schemaIdOf(message);
      if (decoder.knows(id)) return decoder.decode(message);
      return learn(id).then(() => decoder.decode(message));
    },
    async prepare(messages) {
      const missing = new Set<number>();
      for (const message of messages) {
        const id = schemaIdOf(message);
        if (!decoder.knows(id)) missing.add(id);
      }
      await Promise.all([...missing].map(learn));
    },
  };
}

/** The registry is asked first: after it was wiped, an id of the cache may stand for another schema. */
async function orCached<T>(answer: Promise<T>, cached: () => T | undefined): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const known =
      error instanceof DomainError && error.code === 'SCHEMA_REGISTRY_UNAVAILABLE' ? cached() : undefined;
    if (known === undefined) throw error;
    return known;
  }
}
