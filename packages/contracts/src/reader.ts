import type { Type } from 'avsc';
import { parseType } from '#avro-types.ts';
import { eventDefinitions, eventTypes, type EventType } from '#event.ts';

const compiled = new Map<EventType, Type>();

/** The compiled schema of an event as this build knows it, compiled at the first use. */
export function typeOf(type: EventType): Type {
  let known = compiled.get(type);
  if (!known) {
    known = parseType(eventDefinitions[type].schema);
    compiled.set(type, known);
  }
  return known;
}

const byRecordName = new Map<string, EventType>(
  eventTypes.map((type) => {
    const { namespace, name } = eventDefinitions[type].schema;
    return [`${namespace}.${name}`, type];
  }),
);

/** The event type that a writer's record stands for: the record's full name never changes within a major version. */
export function eventTypeOfRecord(fullName: string | undefined): EventType | undefined {
  return fullName === undefined ? undefined : byRecordName.get(fullName);
}
