import { createSchemaRegistry, type SchemaRegistry } from '@tradewind/contracts/registry.ts';
import type { Log } from '@tradewind/messaging/log.ts';
import type { OutgoingMessage } from '@tradewind/messaging/message.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { openDatabase, type Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Endpoints } from '#up/endpoints.ts';
import { readEvents, type EventLog } from './event-log.ts';
import { redisValues } from './redis-values.ts';

/** What the operators' commands look at: each service's database with all tenants, the topics, the payment simulator. */
export interface RunningStack {
  /** Databases that this stack has, by name (`order`, `payment_adapter`). */
  readonly databases: readonly string[];
  has(...databases: string[]): boolean;
  /** Under the role that sees every tenant. */
  database(name: string): Database;
  /** @throws DomainError DATABASE_UNAVAILABLE */
  query<Row extends object>(database: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** All or nothing, under the role that sees every tenant. */
  transaction<T>(database: string, storeId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  readonly log: Log;
  publish(topic: string, message: OutgoingMessage): Promise<void>;
  readonly schemas: SchemaRegistry;
  /** All events that Kafka keeps, read once and then remembered. */
  events(): Promise<EventLog>;
  /** Values of all keys of Redis that match a pattern. */
  redisValues(pattern: string): Promise<string[]>;
  /** URL of Redis. */
  readonly redis: string;
  /** Base URL of the payment simulator; undefined where none runs. */
  readonly paymentGateway: string | undefined;
  /** Orders that clients were told of; undefined where nobody kept a list. */
  readonly acknowledged: ReadonlySet<string> | undefined;
  close(): Promise<void>;
}

export function openStack(endpoints: Endpoints, acknowledged?: ReadonlySet<string>): RunningStack {
  const opened = new Map<string, Database>();
  const broker = createKafkaBroker({ clientId: 'tw', brokers: endpoints.kafka.split(',') });
  let events: Promise<EventLog> | undefined;

  function database(name: string): Database {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const url = endpoints.postgres.databases[name]?.systemUrl;
    if (url === undefined) throw new Error(`this stack has no database ${name}`);
    const made = openDatabase({ url, name: 'tw', maxConnections: 3 });
    opened.set(name, made);
    return made;
  }

  return {
    databases: Object.keys(endpoints.postgres.databases),
    database,
    has: (...names) => names.every((name) => Object.hasOwn(endpoints.postgres.databases, name)),
    transaction: (name, storeId, work) => database(name).transaction(storeId, work),
    query: (name, text, values = []) => database(name).transaction('', (tx) => tx.execute(text, values)),
    log: broker,
    publish: (topic, message) => broker.publisher().publish(topic, [message]),
    schemas: createSchemaRegistry({ url: endpoints.registry }),
    events: () => (events ??= readEvents(broker)),
    redisValues: (pattern) => redisValues(endpoints.redis, pattern),
    redis: endpoints.redis,
    paymentGateway: endpoints.services['payment-gateway'],
    acknowledged,
    async close() {
      await broker.close();
      await Promise.all([...opened.values()].map((one) => one.close()));
    },
  };
}
