import { createSchemaRegistry, type SchemaRegistry } from '@tradewind/contracts/registry.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { deadLetterTopic } from '@tradewind/contracts/topics.ts';
import { eventDefinitions, type EventType } from '@tradewind/contracts/event.ts';
import type { Broker } from '@tradewind/messaging/broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { appliedVersions } from '@tradewind/outbox/applied-version.ts';
import { type EventEncoder, eventEncoder } from '@tradewind/outbox/encoder.ts';
import { replyFinder } from '@tradewind/outbox/idempotency.ts';
import { idempotencyExpiry } from '@tradewind/outbox/idempotency-expiry.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import { progressExpiry } from '@tradewind/outbox/projection-progress.ts';
import { runProjection } from '@tradewind/outbox/projection-runner.ts';
import type { Reaction } from '@tradewind/outbox/reaction.ts';
import { createReactor } from '@tradewind/outbox/reactor.ts';
import { createRelay, type Relay } from '@tradewind/outbox/relay.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { OPERATION_PERFORMED, publishOperation } from '@tradewind/outbox/operation.ts';
import { openStores, type Stores } from '@tradewind/projection-stores/open-stores.ts';
import type { EventServiceConfig } from './config.ts';
import { registerAdmission } from './admission.ts';
import { type Consumer, consumerHealth } from './consumer-health.ts';
import { type ConsumerAge, watchConsumers } from './consumer-age.ts';
import { registerDeadLetters } from './dead-letters.ts';
import { registerFreshReads } from './fresh-reads.ts';
import { registerProjectionAdmin } from './projection-admin.ts';
import { replayRunner } from './replay-runner.ts';
import { decodeAny } from './decode-any.ts';
import { type HealthCheck, registerHealth } from './health.ts';
import { loadSchemas } from './load-schemas.ts';
import { createHttp, type HttpApp } from './http.ts';
import { type Component, closing, type Foundation } from './start.ts';
import type { Logger } from './logger.ts';
import { exportConsumerLag } from './consumer-metrics.ts';
import { exportOutbox, outboxState } from './outbox-metrics.ts';
import { exportReplicationSlots } from './replication-metrics.ts';
import { storesHealth } from './stores-health.ts';
import { withExchange } from './api-tokens.ts';
import { type TokenVerifier, tokenVerifier } from './tokens.ts';

/** What every service has that owns a database, publishes events and consumes some. */
export interface EventService {
  readonly app: HttpApp;
  readonly db: Database;
  /** Sees every tenant: for timers and reconciliation only. */
  readonly systemDb: Database;
  readonly encoder: EventEncoder;
  readonly schemas: SchemaRegistry;
  readonly broker: Broker & BrokerLog;
  /** How far behind its own consumers are. */
  readonly consumerAge: ConsumerAge;
  readonly relay: Relay;
  readonly tokens: TokenVerifier;
  /** Where projections stand, for those who read them. */
  readonly stores: Stores;
}

export interface EventServiceParts<Deps> {
  /** Handlers of `src/on/`. */
  readonly reactions?: readonly Reaction<Deps>[];
  /** How long the handlers let events gather under load; see SubscribeOptions. */
  readonly lingerMs?: number;
  readonly deps: Deps;
  readonly projections?: readonly Projection[];
  readonly checks?: readonly HealthCheck[];
  /** That the service has besides its handlers and projections: health says how far behind they are, and whether they live. */
  readonly consumers?: () => readonly Consumer[];
  /** Timers, gRPC servers, clients: started after the consumers, before HTTP is open. */
  readonly components?: readonly Component[];
}

const RETRY_MS = 1_000;
const OPERATIONS = /^\/(health\/|metrics|openapi\.json)/;

export async function openEventService(
  service: string,
  config: EventServiceConfig,
  { log }: Foundation,
): Promise<EventService> {
  const db = openDatabase({
    url: config.DATABASE_URL,
    name: service,
    maxConnections: config.DATABASE_POOL,
    byIndex: true,
  });
  const systemDb = openDatabase({
    url: config.DATABASE_SYSTEM_URL,
    name: `${service}:system`,
    maxConnections: 4,
  });
  const schemas = createSchemaRegistry({
    url: config.SCHEMA_REGISTRY_URL,
    ...(config.SCHEMA_CACHE_FILE ? { cacheFile: config.SCHEMA_CACHE_FILE } : {}),
  });
  const broker = createKafkaBroker({ clientId: service, brokers: config.KAFKA_BROKERS, log });
  const relay = createRelay({
    systemUrl: config.DATABASE_SYSTEM_URL,
    service,
    publisher: broker.publisher(),
    log,
  });
  const tokens = withExchange(
    tokenVerifier({ jwksUrl: config.JWKS_URL, issuer: config.JWT_ISSUER }),
    // Who publishes the keys makes the tokens.
    new URL('/api/v1/api-tokens/exchange', config.JWKS_URL),
  );
  const app = await createHttp({ service, config, logger: log, tokens, findReply: replyFinder(db) });
  const stores = openStores(service, config, { systemDb });
  registerFreshReads(app, { applied: appliedVersions(db, broker, stores), waitMs: config.POSITION_WAIT_MS });
  return {
    app,
    db,
    systemDb,
    encoder: eventEncoder(`${service}-service`, schemas),
    schemas,
    broker,
    consumerAge: watchConsumers(broker),
    relay,
    tokens,
    stores,
  };
}

/**
 * The parts of an event service in the order in which they start: schemas, relay, consumers, own components, HTTP. In
 * reverse they stop: accept no more, drain, flush the outbox, commit offsets.
 */
export function eventServiceComponents<Deps>(
  service: string,
  config: EventServiceConfig,
  { log, telemetry, crash }: Foundation,
  opened: EventService,
  parts: EventServiceParts<Deps>,
): Component[] {
  const { app, db, systemDb, schemas, broker, consumerAge, relay, stores } = opened;
  const published = (Object.keys(eventDefinitions) as EventType[]).filter(
    (type) => eventDefinitions[type].producer === `${service}-service`,
  );
  const consumed = (parts.reactions ?? []).map(({ event }) => event);
  const decode = (value: Buffer) => schemas.decode(value);
  const reactor = createReactor({
    service,
    broker: consumerAge.broker,
    topicOf: (type) => eventDefinitions[type].topic,
    decode,
    db,
    systemDb,
    reactions: parts.reactions ?? [],
    deps: parts.deps,
    ...(parts.lingerMs === undefined ? {} : { lingerMs: parts.lingerMs }),
    log,
    onCrash: crash,
  });
  const runners = (parts.projections ?? []).map((projection) =>
    runProjection({
      ...{ projection, service, broker: consumerAge.broker },
      ...{ db, systemDb, stores, log, onCrash: crash },
      decode: decodeAny(schemas, config.SCHEMA_REGISTRY_URL),
    }),
  );
  const consumers = (): Consumer[] => [
    ...(consumed.length > 0 ? [{ name: service, subscription: reactor.subscription }] : []),
    ...(parts.projections ?? []).map(({ name }, at) => ({ name, subscription: runners[at]?.subscription })),
    ...(parts.consumers?.() ?? []),
  ];
  const consumersHealth = consumerHealth(consumers);
  const admission = registerAdmission(app, {
    boundMs: config.TW_MAX_STALENESS_SECONDS * 1_000,
    ...{ systemDb, log, consumerAgeMs: (now) => consumerAge.ageMs(now) },
  });
  exportOutbox(systemDb, relay);
  exportReplicationSlots(systemDb);
  exportConsumerLag(consumersHealth);
  registerDeadLetters(app, {
    ...{ service, db, decode, acted: () => relay.wake() },
    note: (tx, act, context) => publishOperation(tx, opened.encoder, service, act, context),
  });
  const { projections = [] } = parts;
  if (projections.length > 0)
    registerProjectionAdmin(app, {
      ...{ service, db, brokerLog: broker, projections, acted: () => relay.wake() },
      note: (tx, act, context) => publishOperation(tx, opened.encoder, service, act, context),
    });
  let ready = false;
  app.addHook('onRequest', (request, _reply, done) => {
    const open = ready || OPERATIONS.test(request.url);
    done(
      open
        ? undefined
        : new DomainError('STARTING', 'unavailable', 'the service is starting', { retryAfter: 1 }),
    );
  });
  registerHealth(
    app,
    telemetry,
    [
      { name: 'started', check: async () => ({ ok: ready }) },
      { name: 'database', check: () => db.ping().then(() => ({ ok: true })) },
      {
        name: 'outbox',
        check: async () => ({ ok: true, detail: await outboxState(systemDb) }),
        optional: true,
      },
      admission.check,
      { name: 'relay', check: async () => ({ ok: true, detail: { leads: relay.leader } }), optional: true },
      consumersHealth,
      ...(parts.projections?.length ? [storesHealth(parts.projections, db, stores)] : []),
      ...(parts.checks ?? []),
    ],
    () => consumers().flatMap(({ subscription }) => subscription ?? []),
  );
  return [
    closing('databases', () => Promise.all([db.close(), systemDb.close(), stores.close()])),
    {
      name: 'http',
      // Open early, so that health answers while the rest waits for its servers.
      start: () => app.listen({ host: config.HOST, port: config.PORT }).then(() => undefined),
    },
    {
      name: 'schemas',
      start: () => loadSchemas(schemas, [...published, ...consumed, OPERATION_PERFORMED], log),
    },
    closing('broker', () => broker.close()),
    { name: 'relay', start: async () => relay.start(), stop: () => relay.stop() },
    idempotencyExpiry({ systemDb, log }),
    admission.component,
    ...(runners.length > 0 ? [progressExpiry({ systemDb, log }), replayRunner({ systemDb, log })] : []),
    inBackground('reactor', withDeadLetters(broker, parts.reactions ?? [], reactor), log),
    ...runners.map((runner, at) =>
      inBackground(
        'projection',
        withDeadLetters(broker, parts.projections?.slice(at, at + 1) ?? [], runner),
        log,
      ),
    ),
    ...(parts.components ?? []),
    {
      name: 'ready',
      start: async () => {
        ready = true;
      },
      // The first to stop: no new requests from here on, those in hand are finished.
      stop: () => app.close(),
    },
  ];
}

interface Startable {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes the dead-letter topics of consumers before they start: brokers never make topics by themselves. */
export function withDeadLetters(
  broker: BrokerLog,
  consumers: readonly { readonly name: string }[],
  part: Startable,
): Startable {
  return {
    async start() {
      for (const { name } of consumers) await broker.ensureTopic(deadLetterTopic(name));
      await part.start();
    },
    stop: () => part.stop(),
  };
}

/** Consumers start when the broker lets them; a service takes commands without them. */
export function inBackground(
  name: string,
  part: { start(): Promise<void>; stop(): Promise<void> },
  log: Logger,
): Component {
  let stopped = false;
  const keepTrying = async (): Promise<void> => {
    while (!stopped) {
      try {
        return await part.start();
      } catch (error) {
        log.warn({ error: String(error), component: name }, 'not started yet');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };
  return {
    name,
    start: async () => void keepTrying(),
    stop: () => {
      stopped = true;
      return part.stop();
    },
  };
}
