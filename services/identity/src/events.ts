import { eventDefinitions, type EventType } from '@tradewind/contracts/event.ts';
import { createSchemaRegistry, type SchemaRegistry } from '@tradewind/contracts/registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { type DomainEvent, eventEncoder } from '@tradewind/outbox/encoder.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import { createRelay } from '@tradewind/outbox/relay.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { EventServiceConfig } from '@tradewind/service/config.ts';
import { inBackground } from '@tradewind/service/event-service.ts';
import { exportOutbox } from '@tradewind/service/outbox-metrics.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
import { identityError } from '#errors.ts';

/** Tells other services, in the transaction of what it tells of. */
export interface Events {
  /**
   * The caller holds the aggregate's row lock.
   * @throws DomainError EVENTS_UNAVAILABLE before the registry was ever reached
   */
  publish(tx: Transaction, event: DomainEvent, version: number, context: CommandContext): Promise<void>;
  /** After the commit: wakes the relay. */
  wake(): void;
}

const published = (Object.keys(eventDefinitions) as EventType[]).filter(
  (type) => eventDefinitions[type].producer === 'identity-service',
);

export const registryOf = (config: EventServiceConfig): SchemaRegistry =>
  createSchemaRegistry({
    url: config.SCHEMA_REGISTRY_URL,
    ...(config.SCHEMA_CACHE_FILE ? { cacheFile: config.SCHEMA_CACHE_FILE } : {}),
  });

/** Registry, broker and relay. They start in the background: identity signs and checks tokens without them. */
export function openEvents(
  config: EventServiceConfig,
  { systemDb, schemas }: { readonly systemDb: Database; readonly schemas: SchemaRegistry },
  { log }: Foundation,
) {
  const broker = createKafkaBroker({ clientId: 'identity', brokers: config.KAFKA_BROKERS, log });
  const relay = createRelay({
    systemUrl: config.DATABASE_SYSTEM_URL,
    service: 'identity',
    publisher: broker.publisher(),
    log,
  });
  exportOutbox(systemDb, relay);
  const encoder = eventEncoder('identity-service', schemas);
  let loaded = false;
  const events: Events = {
    async publish(tx, event, version, context) {
      if (!loaded) throw identityError('EVENTS_UNAVAILABLE', { retryAfter: 1 });
      await appendToOutbox(tx, [encoder.encode({ event, eventId: newId(), version, context }, tx.now)]);
    },
    wake: () => relay.wake(),
  };
  const load = {
    async start() {
      await schemas.load(published);
      loaded = true;
    },
    stop: async () => undefined,
  };
  const components: Component[] = [
    closing('broker', () => broker.close()),
    inBackground('schemas of events', load, log),
    { name: 'relay', start: async () => relay.start(), stop: () => relay.stop() },
  ];
  return { events, broker, components };
}
