import { DomainError } from '@tradewind/kernel/errors.ts';
import { composeSchema, type EventSchema, type EventSource } from '#schema.ts';
import { catalogue, type Payloads } from '#generated/events/catalogue.ts';
import { envelopeSchema } from '#generated/events/envelope.ts';

/** The name of every event, with its major version; also its subject in the registry. */
export type EventType = keyof Payloads;
export type PayloadOf<T extends EventType> = Payloads[T];

/** What every event carries (schemas/avro/envelope.avsc). */
export interface Envelope<P, T extends string = string> {
  /** UUIDv7, made in the transaction that changed the state. */
  readonly eventId: string;
  readonly eventType: T;
  readonly occurredAt: Date;
  readonly producer: string;
  readonly traceId: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly schemaVersion: string;
  readonly partitionKey: string;
  /** The tenant. */
  readonly storeId: string;
  /** 1, 2, 3 … per (storeId, topic, partitionKey). */
  readonly aggregateVersion: number;
  readonly payload: P;
}

export type EventOf<T extends EventType> = Envelope<PayloadOf<T>, T>;
/** Every event, told apart by `eventType`. */
export type AnyEvent = { [T in EventType]: EventOf<T> }[EventType];

export interface EventDefinition<T extends EventType = EventType> extends EventSource<T, PayloadOf<T>> {
  /** The record that is registered: envelope and payload. */
  readonly schema: EventSchema;
}

export const eventTypes = Object.keys(catalogue) as EventType[];

export const eventDefinitions = Object.fromEntries(
  eventTypes.map((type) => {
    const source = catalogue[type];
    return [type, { ...source, schema: composeSchema(envelopeSchema, source) }];
  }),
) as unknown as { readonly [T in EventType]: EventDefinition<T> };

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventDefinitions, type);
}

/** What the shell knows of an event besides its payload. */
export type EventContext = Pick<
  Envelope<unknown>,
  'eventId' | 'occurredAt' | 'traceId' | 'correlationId' | 'causationId' | 'storeId' | 'aggregateVersion'
>;

/** A whole event: producer, schema version and partition key come from its definition. */
export function makeEvent<T extends EventType>(
  type: T,
  payload: PayloadOf<T>,
  context: EventContext,
): EventOf<T> {
  const { producer, schemaVersion, key } = eventDefinitions[type];
  const partitionKey: unknown = payload[key];
  if (typeof partitionKey !== 'string' || partitionKey === '') {
    throw new DomainError('EVENT_INVALID', 'bug', `${type}: payload.${key} is no partition key`);
  }
  return { ...context, eventType: type, producer, schemaVersion, partitionKey, payload };
}
