import { DomainError } from '@tradewind/kernel/errors.ts';
import { createDecoder } from '#decoder.ts';
import { eventTypes, isEventType } from '#event.ts';
import { typeOf } from '#reader.ts';
import type { SchemaRegistry } from '#registry.ts';

/** A registry without a server: this build's schemas, numbered from 1. For tests, and tools that work on one process's events. */
export function createLocalRegistry(): SchemaRegistry & {
  decode(message: Buffer): ReturnType<ReturnType<typeof createDecoder>['decode']>;
} {
  const decoder = createDecoder();
  eventTypes.forEach((type, index) => decoder.learn(index + 1, typeOf(type)));
  return {
    load: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
    idFor(type) {
      if (!isEventType(type))
        throw new DomainError('SCHEMA_NOT_LOADED', 'bug', `${String(type)} is no event`);
      return eventTypes.indexOf(type) + 1;
    },
    decode: (message) => decoder.decode(message),
  };
}
