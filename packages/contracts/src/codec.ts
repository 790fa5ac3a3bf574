import type { Type } from 'avsc';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { AnyEvent } from '#event.ts';
import { typeOf } from '#reader.ts';

/** Confluent wire format: a zero byte, the schema id as a 4-byte big-endian integer, the Avro body. */
export const HEADER_BYTES = 5;

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The bytes of an event for Kafka, in Confluent wire format under a schema id of `SchemaRegistry.idFor`. Synchronous, and
 * the result is a buffer of its own.
 * @throws DomainError EVENT_INVALID (bug), naming the field, where a value misses the schema
 */
export function encode(event: AnyEvent, schemaId: number): Buffer {
  const type = typeOf(event.eventType);
  let end: number;
  try {
    end = type.encode(event, scratch, HEADER_BYTES);
    if (end < 0) {
      // avsc answers with the number of bytes that were missing.
      scratch = Buffer.allocUnsafeSlow(2 * (scratch.length - end));
      end = type.encode(event, scratch, HEADER_BYTES);
    }
  } catch (error) {
    throw invalidEvent(type, event, error);
  }
  scratch[0] = 0;
  scratch.writeInt32BE(schemaId, 1);
  return Buffer.from(scratch.subarray(0, end));
}

/**
 * The schema id in the first bytes of a message.
 * @throws DomainError EVENT_MALFORMED where it is not in Confluent wire format
 */
export function schemaIdOf(message: Buffer): number {
  if (message.length <= HEADER_BYTES || message[0] !== 0) {
    throw new DomainError('EVENT_MALFORMED', 'invalid', 'the message is not in Confluent wire format');
  }
  return message.readInt32BE(1);
}

function invalidEvent(type: Type, event: AnyEvent, cause: unknown): DomainError {
  const paths: string[] = [];
  type.isValid(event, { errorHook: (path) => void paths.push(path.join('.')) });
  const where = paths.length > 0 ? paths.join(', ') : String(cause);
  return new DomainError('EVENT_INVALID', 'bug', `${event.eventType} does not fit its schema: ${where}`, {
    cause,
  });
}
