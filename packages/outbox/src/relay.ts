import pg from 'pg';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type OutgoingMessage, PublishError, type Publisher } from '@tradewind/messaging/broker.ts';
import { connectionOptions } from '@tradewind/postgres/database.ts';
import { failpoint } from './failpoints.ts';
import type { Log } from './logger.ts';

export interface RelayOptions {
  /** Connection string of the role that sees every tenant. */
  readonly systemUrl: string;
  /** Service name: shown in pg_stat_activity as `<service>:relay`. */
  readonly service: string;
  readonly publisher: Publisher;
  readonly log: Log;
  readonly batchSize?: number;
  /** Longest time between two looks at the outbox, in ms. Wake-ups only shorten it. */
  readonly pollMs?: number;
  /**
   * Pause after a batch that was not full, in ms: under load events gather, so that Kafka gets few large requests instead
   * of many small ones. The first event after a rest is not delayed.
   */
  readonly lingerMs?: number;
}

export interface Relay {
  start(): void;
  /** Publishes what is in hand, gives the leadership back and disconnects. */
  stop(): Promise<void>;
  /** A hint that rows are waiting. Cheap: may be called after every commit. */
  wake(): void;
  readonly leader: boolean;
  /** Events published by this process since it started. */
  readonly published: number;
}

interface Row {
  readonly id: bigint;
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** One relay per database, whoever the processes are: the lock goes with the connection, so it dies with the process. */
const leadership = `select pg_try_advisory_lock(hashtext('tradewind.relay')) as leader`;

// One round trip marks (deletes) what was sent and reads on. Rows of a parked aggregate wait behind the parked one.
const advance = `
  with sent as (delete from outbox where id = any($1))
  select id, topic, partition_key as key, payload as value,
    coalesce(headers, '{}') || jsonb_strip_nulls(jsonb_build_object('eventId', event_id, 'eventType', event_type,
      'storeId', store_id, 'aggregateVersion', aggregate_version::text, 'correlationId', correlation_id,
      'traceparent', traceparent)) as headers
  from outbox o
  where id <> all($1) and parked_reason is null and not exists (
    select 1 from outbox p where p.parked_reason is not null and p.topic = o.topic and p.partition_key = o.partition_key)
  order by id limit $2`;

const park = `update outbox set parked_reason = $2 where id = any($1)`;

const tracer = trace.getTracer('tradewind.outbox');

/**
 * Moves committed events from the outbox to Kafka: read in id order, publish, then delete in a second transaction, so no
 * row lock is held while talking to the broker. A crash in between publishes again; consumers drop duplicates by eventId.
 * An event that the broker refuses for itself parks its aggregate and nothing else.
 */
export function createRelay(options: RelayOptions): Relay {
  const { publisher, log, batchSize = 1_000, pollMs = 200, lingerMs = 30 } = options;
  let stopping = false;
  let loop: Promise<void> | undefined;
  let leader = false;
  let published = 0;
  let client: pg.Client | undefined;
  let wakeUp: (() => void) | undefined;
  let notified = false;
  let notifying: NodeJS.Timeout | undefined;

  function wake(): void {
    notified = true;
    wakeUp?.();
  }

  async function pause(ms: number): Promise<void> {
    if (stopping || notified) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wakeUp = undefined;
  }

  async function connect(): Promise<pg.Client> {
    const connection = new pg.Client(connectionOptions(options.systemUrl, `${options.service}:relay`));
    connection.on('error', () => undefined);
    connection.on('end', wake);
    connection.on('notification', wake);
    await connection.connect();
    // Marks need no wait for the disk: a lost one is a duplicate. The table is mostly dead rows between two vacuums, and its
    // statistics say that it is small: reading it by index is always right, scanning it whole never.
    await connection.query('set synchronous_commit = off; set enable_seqscan = off; listen outbox');
    return connection;
  }

  /**
   * Publishes a batch, its topics side by side. Answers the ids of rows that the broker refuses for themselves, those of
   * the topics that took all of theirs, and why another topic took none.
   */
  async function publish(
    rows: readonly Row[],
  ): Promise<{ refused: bigint[]; taken: bigint[]; failure: unknown }> {
    const topics = [...Map.groupBy(rows, (row) => row.topic)];
    // All of them are waited for: a batch is never read again while a part of it is still on its way.
    const results = await Promise.allSettled(topics.map(([topic, part]) => traced(topic, part, publisher)));
    const refused: bigint[] = [];
    const taken: bigint[] = [];
    let failure: unknown;
    results.forEach((result, index) => {
      const part = topics[index]![1];
      const error: unknown = result.status === 'rejected' ? result.reason : undefined;
      if (result.status === 'fulfilled') taken.push(...part.map(({ id }) => id));
      else if (error instanceof PublishError && error.poison) {
        refused.push(...error.poison.map((at) => part[at]!.id));
      } else failure ??= error;
    });
    return { refused, taken, failure };
  }

  /** Drains the outbox until it is empty or something fails. */
  async function drain(connection: pg.Client): Promise<void> {
    let sent: bigint[] = [];
    for (;;) {
      notified = false;
      const { rows } = await connection.query<Row>({
        name: 'advance',
        text: advance,
        values: [sent, batchSize],
      });
      if (sent.length > 0) failpoint('relay.marked');
      sent = [];
      if (rows.length === 0) return;
      failpoint('relay.read');
      const { refused, taken, failure } = await publish(rows);
      if (refused.length > 0) {
        // The others of the batch are published again: nothing is known about them.
        await connection.query(park, [refused, 'refused by the broker']);
        log.error({ ids: refused.map(String) }, 'outbox rows parked: the broker refuses them');
        continue;
      }
      if (failure !== undefined) {
        // One topic that is away must not have the others publish theirs again and again.
        if (taken.length > 0) await connection.query({ name: 'advance', text: advance, values: [taken, 0] });
        throw failure instanceof Error ? failure : new Error('not published', { cause: failure });
      }
      failpoint('relay.published');
      published += rows.length;
      sent = rows.map((row) => row.id);
      if (rows.length < batchSize && !stopping) await new Promise((resolve) => setTimeout(resolve, lingerMs));
      if (stopping) {
        await connection.query({ name: 'advance', text: advance, values: [sent, 0] });
        return;
      }
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping) {
      try {
        client ??= await connect();
        if (!leader) {
          const { rows } = await client.query<{ leader: boolean }>(leadership);
          leader = rows[0]?.leader === true;
          if (leader) log.info({}, 'relay leads');
        }
        if (leader) await drain(client);
        failures = 0;
        await pause(leader ? pollMs : 1_000);
      } catch (error) {
        failures++;
        log.warn({ error: String(error), failures }, 'relay interrupted; it reads the outbox again');
        if (client && !(error instanceof PublishError)) {
          leader = false;
          await client.end().catch(() => undefined);
          client = undefined;
        }
        notified = false;
        await pause(Math.min(100 * 2 ** failures, 2_000));
      }
    }
    leader = false;
    await client?.end().catch(() => undefined);
  }

  return {
    start() {
      loop ??= run();
    },
    async stop() {
      stopping = true;
      wake();
      clearTimeout(notifying);
      await loop;
      await publisher.close();
    },
    wake() {
      if (leader) {
        wake();
        return;
      }
      // The leader is another process: tell it, at most once in 20 ms. NOTIFY inside each command's transaction
      // would serialize all commits of the server.
      notifying ??= setTimeout(() => {
        notifying = undefined;
        client?.query('notify outbox').catch(() => undefined);
      }, 20);
    },
    get leader() {
      return leader;
    },
    get published() {
      return published;
    },
  };
}

/** Publishes under a span linked to the traces of the sampled events inside, one producer span per traced event. */
async function traced(topic: string, rows: readonly Row[], publisher: Publisher): Promise<void> {
  const spans = rows.flatMap((row) => {
    if (!row.headers['traceparent']?.endsWith('-01')) return [];
    const parent = propagation.extract(context.active(), row.headers);
    const attributes = {
      'messaging.destination.name': topic,
      'tradewind.event_type': row.headers['eventType'] ?? '',
    };
    const span = tracer.startSpan(`publish ${topic}`, { kind: SpanKind.PRODUCER, attributes }, parent);
    propagation.inject(trace.setSpan(parent, span), row.headers);
    return [span];
  });
  try {
    const messages: OutgoingMessage[] = rows.map(({ key, value, headers }) => ({ key, value, headers }));
    await publisher.publish(topic, messages);
  } catch (error) {
    spans.forEach((span) => span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) }));
    throw error;
  } finally {
    spans.forEach((span) => span.end());
  }
}
