import type { SchemaRegistry } from '@tradewind/contracts/registry.ts';
import { eventDefinitions } from '@tradewind/contracts/event.ts';
import type { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { createReactor } from '@tradewind/outbox/reactor.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { inBackground, withDeadLetters } from '@tradewind/service/event-service.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import { auditTrail } from './append.ts';
import { reactions } from '#reactions.ts';

export interface AuditFeedParts {
  readonly db: Database;
  readonly systemDb: Database;
  readonly schemas: SchemaRegistry;
  readonly broker: ReturnType<typeof createKafkaBroker>;
}

/**
 * Notes what other services' events tell. It starts when registry and broker let it: identity signs and checks tokens
 * without them.
 */
export function auditFeed({ db, systemDb, schemas, broker }: AuditFeedParts, { log, crash }: Foundation) {
  const reactor = createReactor({
    service: 'identity',
    broker,
    topicOf: (type) => eventDefinitions[type].topic,
    decode: (value) => schemas.decode(value),
    db,
    systemDb,
    reactions,
    deps: { audit: auditTrail(db) },
    // Of the busiest topics it wants very little, and nobody waits for that.
    lingerMs: 250,
    log,
    onCrash: crash,
  });
  const consumer = withDeadLetters(broker, reactions, reactor);
  const components: Component[] = [
    inBackground(
      'audit log',
      {
        async start() {
          await schemas.load(reactions.map(({ event }) => event));
          await consumer.start();
        },
        stop: () => consumer.stop(),
      },
      log,
    ),
  ];
  return { components, subscription: () => reactor.subscription };
}
