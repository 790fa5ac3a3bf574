import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { levels, levelTables } from '@tradewind/outbox/projection.fixture.ts';
import { runProjection } from '@tradewind/outbox/projection-runner.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import { createReactor } from '@tradewind/outbox/reactor.ts';
import {
  adjust,
  context,
  quiet,
  STOCK_ADJUSTED,
  stockAdjusted,
  stockDatabase,
  stockStore,
} from '@tradewind/outbox/stock.fixture.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Mutate } from '@tradewind/testing/mutated-bytes.ts';
import { testTopics } from '@tradewind/testing/kafka-topics.ts';
import { createSchemaRegistry, type SchemaRegistry } from '@tradewind/contracts/registry.ts';
import { registerSchemas } from '@tradewind/contracts/register.ts';
import { servers } from '@tradewind/testing/servers.ts';

/** How a message is spoilt. */
export interface Spoiling {
  readonly bytes: Mutate | null;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly missing: string | null;
  readonly payload: { readonly reason?: string; readonly sku?: string; readonly onHand?: number } | null;
}

interface Outgoing {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Parked {
  readonly consumer: string;
  /** Heads of keys that wait for an operator. */
  readonly waiting: number;
  /** Dead letters of it. */
  readonly letters: number;
}

export interface Consumers {
  message(key: string, spoiling?: Spoiling): Outgoing;
  send(messages: readonly Outgoing[]): Promise<void>;
  /** Keys whose event had its effect. */
  applied(): Promise<{ readonly reacted: ReadonlySet<string>; readonly projected: ReadonlySet<string> }>;
  lag(): Promise<bigint[]>;
  parked(): Promise<readonly Parked[]>;
  readonly crashes: readonly unknown[];
  stop(): Promise<void>;
}

const REACTION = 'fuzz.on-stock-adjusted';

/** A reactor and a projection as every service runs them, on a topic and a database of their own. */
export async function startConsumers(): Promise<Consumers> {
  const { brokers } = await (await servers()).kafka();
  const { url } = await (await servers()).registry();
  await registerSchemas({ registryUrl: url });
  const registry = createSchemaRegistry({ url });
  await registry.load([STOCK_ADJUSTED]);
  const topics = await testTopics(brokers);
  const topic = await topics.create('events');
  const database = await stockDatabase();
  await database.sql(levelTables);
  const { db, systemDb } = database;
  const broker = createKafkaBroker({ brokers, clientId: 'fuzz' });
  const crashes: unknown[] = [];
  const onCrash = (error: unknown): void => void crashes.push(error);
  const store = stockStore(db);
  const reaction = on(STOCK_ADJUSTED, REACTION, () => async (event, { inbox, context: caused }) => {
    await store.handle(`seen-${event.partitionKey}`, adjust(event.partitionKey, 1), {
      context: caused,
      inbox,
    });
  });
  const decode = (value: Buffer) => registry.decode(value);
  const shared = { broker, db, systemDb, decode, log: quiet, onCrash };
  const reactor = createReactor({
    ...shared,
    ...{
      service: topics.group('reactor'),
      topicOf: () => topic,
      reactions: [reaction] as never,
      deps: undefined,
    },
  });
  const runner = runProjection({
    ...shared,
    ...{ service: topics.group('projector'), projection: { ...levels, topics: [topic] } },
  });
  await reactor.start();
  await runner.start();
  const publisher = broker.publisher();

  return {
    message: (key, spoiling) => messageOf(registry, key, spoiling),
    send: (messages) => publisher.publish(topic, messages),
    async applied() {
      const reacted = await database.sql<{ key: string }>('select product_id as key from stock');
      const projected = await database.sql<{ key: string }>('select product_id as key from stock_levels_v1');
      return {
        reacted: new Set(reacted.map(({ key }) => key.replace(/^seen-/, ''))),
        projected: new Set(projected.map(({ key }) => key)),
      };
    },
    lag: () =>
      Promise.all(
        [reactor.subscription, runner.subscription].map((it) => it?.lag?.() ?? Promise.resolve(-1n)),
      ),
    parked: () =>
      database.sql<Parked>(
        `select consumer, count(*) filter (where error_code is not null and next_attempt_at is null)::int as waiting,
           (select count(*)::int from outbox where topic = 'dlq.' || consumer) as letters
         from parked_events group by consumer`,
      ),
    crashes,
    async stop() {
      await reactor.stop();
      await runner.stop();
      await broker.close();
      await topics.close();
      await database.close();
    },
  };
}

function messageOf(registry: SchemaRegistry, key: string, spoiling?: Spoiling): Outgoing {
  const eventId = newId();
  const event = stockAdjusted(key, 1, 1);
  const payload = { ...event.payload, ...spoiling?.payload };
  const encoder = eventEncoder('inventory', registry);
  const made = encoder.encode(
    { event: { ...event, payload }, eventId, version: 1, context: context() },
    new Date(),
  );
  const headers: Record<string, string> = {
    ...{
      eventId,
      eventType: STOCK_ADJUSTED,
      storeId: 'STORE-1',
      aggregateVersion: '1',
      correlationId: 'corr-1',
    },
    ...spoiling?.headers,
  };
  if (spoiling?.missing) delete headers[spoiling.missing];
  return {
    key: spoiling?.key ?? key,
    value: spoiling?.bytes ? spoiling.bytes(made.payload) : made.payload,
    headers,
  };
}
