import type { Type } from 'avsc';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { HEADER_BYTES, schemaIdOf } from '#codec.ts';
import type { AnyEvent } from '#event.ts';
import { eventTypeOfRecord, typeOf } from '#reader.ts';
import { isStorable } from '#storable-event.ts';

type Read = (message: Buffer) => AnyEvent;

/**
 * Decodes messages of the writer schemas it was told of, each into the event as this build knows it: fields that the
 * writer did not have get their defaults, fields that are new to us are skipped.
 */
export interface Decoder {
  knows(schemaId: number): boolean;
  /**
   * Builds the resolver from a writer schema to ours, once per id.
   * @throws DomainError SCHEMA_UNREADABLE (bug) where the two are not compatible
   */
  learn(schemaId: number, writer: Type): void;
  /**
   * @throws DomainError EVENT_MALFORMED for bytes that are no event; EVENT_UNKNOWN for a type this build does not
   * have; SCHEMA_UNKNOWN for an id that was not learned
   */
  decode(message: Buffer): AnyEvent;
}

export function createDecoder(): Decoder {
  const readers = new Map<number, Read>();
  return {
    knows: (schemaId) => readers.has(schemaId),
    learn: (schemaId, writer) => {
      if (!readers.has(schemaId)) readers.set(schemaId, reader(writer));
    },
    decode: (message) => {
      const schemaId = schemaIdOf(message);
      const read = readers.get(schemaId);
      if (!read)
        throw new DomainError('SCHEMA_UNKNOWN', 'unavailable', `schema ${schemaId} was not fetched yet`);
      return read(message);
    },
  };
}

function reader(writer: Type): Read {
  const eventType = eventTypeOfRecord(writer.name);
  if (eventType === undefined) {
    return () => {
      throw new DomainError(
        'EVENT_UNKNOWN',
        'rejected',
        `no event of this build is written as ${writer.name}`,
      );
    };
  }
  const type = typeOf(eventType);
  const resolver = resolverOf(type, writer);
  return (message) => {
    let result: { value: unknown; offset: number };
    try {
      result = type.decode(message, HEADER_BYTES, resolver);
    } catch (cause) {
      throw malformed(eventType, { cause });
    }
    if (result.offset !== message.length || !isStorable(result.value)) throw malformed(eventType);
    return result.value as AnyEvent;
  };
}

function resolverOf(type: Type, writer: Type): ReturnType<Type['createResolver']> {
  try {
    return type.createResolver(writer);
  } catch (cause) {
    const text = `${writer.name} was written with a schema that this build cannot read: ${(cause as Error).message}`;
    throw new DomainError('SCHEMA_UNREADABLE', 'bug', text, { cause });
  }
}

function malformed(eventType: string, options: { cause?: unknown } = {}): DomainError {
  return new DomainError('EVENT_MALFORMED', 'invalid', `the bytes do not decode as ${eventType}`, options);
}
