import { encode } from '@tradewind/contracts/codec.ts';
import {
  type AnyEvent,
  type EventType,
  eventDefinitions,
  type PayloadOf,
} from '@tradewind/contracts/event.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Placed } from './command-store.ts';
import { traceIdOf } from './context.ts';
import type { OutboxRow } from './outbox.ts';

/** What `decide` answers with: an event of the contract, before it has an envelope. */
export type DomainEvent<T extends EventType = EventType> = T extends EventType
  ? { readonly type: T; readonly payload: PayloadOf<T> }
  : never;

/** Answers the registry's id of an event type's schema; known once the service has started. */
export interface SchemaIds {
  idFor(type: EventType): number;
}

export interface EventEncoder {
  /** Puts an event into its envelope and encodes it. An event that its schema refuses throws EVENT_INVALID. */
  encode(placed: Placed<DomainEvent>, occurredAt: Date): OutboxRow;
}

/** @param producer the service's name, e.g. `order` */
export function eventEncoder(producer: string, schemas: SchemaIds): EventEncoder {
  return {
    encode({ event, eventId, version, context }, occurredAt) {
      const definition = eventDefinitions[event.type];
      const partitionKey = (event.payload as unknown as Record<string, unknown>)[definition.key];
      if (typeof partitionKey !== 'string' || partitionKey === '') {
        throw new DomainError('EVENT_INVALID', 'bug', `${event.type} has no ${definition.key} to be its key`);
      }
      const envelope = {
        eventId,
        eventType: event.type,
        occurredAt,
        producer,
        traceId: traceIdOf(context.traceparent),
        correlationId: context.correlationId,
        causationId: context.causationId,
        schemaVersion: definition.schemaVersion,
        partitionKey,
        storeId: context.storeId,
        aggregateVersion: version,
        payload: event.payload,
      } as AnyEvent;
      context.wrote?.(definition.topic, partitionKey, version);
      return {
        topic: definition.topic,
        partitionKey,
        eventId,
        eventType: event.type,
        aggregateVersion: version,
        correlationId: context.correlationId,
        traceparent: context.traceparent,
        payload: encode(envelope, schemas.idFor(event.type)),
      };
    },
  };
}
