import { context as otel, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { AnyEvent, EventType } from '@tradewind/contracts/event.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { Broker, Message, Subscription } from '@tradewind/messaging/broker.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { failpoint } from './failpoints.ts';
import { checkHeaders } from './event-headers.ts';
import type { Log } from './logger.ts';
import {
  claimDue,
  noteFailure,
  parkEvent,
  parkedKey,
  parkedKeys,
  publishDeadLetter,
  unpark,
  type Failure,
  type ParkedEvent,
} from './parked.ts';
import { createParkedKeys } from './parked-keys.ts';
import type { Delivery, Reaction } from './reaction.ts';

export interface ReactorOptions<Deps> {
  /** Consumer group: the service's name. */
  readonly service: string;
  readonly broker: Broker;
  readonly topicOf: (type: EventType) => string;
  readonly decode: (value: Buffer) => AnyEvent | Promise<AnyEvent>;
  readonly db: Database;
  /** Under the role that sees every tenant: finds the parked events whose time has come. */
  readonly systemDb: Database;
  readonly reactions: readonly Reaction<Deps>[];
  readonly deps: Deps;
  /** See SubscribeOptions. */
  readonly lingerMs?: number;
  readonly log: Log;
  onCrash(error: unknown): void;
}

export interface Reactor {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly subscription: Subscription | undefined;
}

/** A bound handler of one event type. */
interface Bound {
  readonly name: string;
  readonly handle: (event: AnyEvent, delivery: Delivery) => Promise<unknown>;
}

const tracer = trace.getTracer('tradewind.reactor');
/** Waits between the tries that are made before a key is parked: other keys never wait more than a second. */
const QUICK_RETRIES_MS = [50, 250];
const PARKED_POLL_MS = 500;
const PARKED_LIMIT = 50;

/**
 * Feeds a service's handlers (`src/on/*`). Events of one key are handled one after the other, different keys at once, so
 * that the commands they lead to share transactions. An offset is committed after its effects. What fails is parked
 * with its key: retryable failures are tried again by themselves, others wait in the dead letters for an operator.
 */
export function createReactor<Deps>(options: ReactorOptions<Deps>): Reactor {
  const { broker, decode, db, systemDb, log } = options;
  const bound = new Map<string, Bound[]>();
  for (const { event, name, handle } of options.reactions) {
    const handlers = bound.get(event) ?? [];
    handlers.push({ name, handle: handle(options.deps) });
    bound.set(event, handlers);
  }
  const topics = [...new Set(options.reactions.map(({ event }) => options.topicOf(event)))];
  const consumers = options.reactions.map(({ name }) => name);
  const positions = new Map<string, bigint>();
  const parked = createParkedKeys();
  let subscription: Subscription | undefined;
  let parkedTimer: NodeJS.Timeout | undefined;
  let retrying: Promise<void> | undefined;

  async function handle(handler: Bound, message: Message): Promise<void> {
    const event = await decode(message.value);
    checkHeaders(event, message);
    const parent = propagation.extract(otel.active(), message.headers);
    const span = tracer.startSpan(`process ${handler.name}`, { kind: SpanKind.CONSUMER }, parent);
    const active = trace.setSpan(parent, span);
    const carrier: Record<string, string> = {};
    propagation.inject(active, carrier);
    const delivery: Delivery = {
      inbox: { consumer: handler.name, eventId: event.eventId },
      context: {
        storeId: event.storeId,
        correlationId: event.correlationId,
        causationId: event.eventId,
        traceparent: carrier['traceparent'],
      },
    };
    try {
      await otel.with(active, () => handler.handle(event, delivery));
      failpoint('reactor.handled');
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  }

  /** Handles one event, or parks it. Throws only when nothing could be stored: the batch then comes again. */
  async function deliver(handler: Bound, message: Message): Promise<void> {
    const key = parkedKey(handler.name, message.topic, message.key);
    const tenant = message.headers['storeId'] ?? '';
    if (parked.has(key)) {
      await parked.park(key, () => db.transaction(tenant, (tx) => parkEvent(tx, handler.name, message)));
      return;
    }
    for (let attempts = 1; ; attempts++) {
      try {
        await handle(handler, message);
        return;
      } catch (error) {
        const wait = QUICK_RETRIES_MS[attempts - 1];
        if (isRetryable(error) && wait !== undefined) {
          await new Promise((resolve) => setTimeout(resolve, wait));
          continue;
        }
        if (isDomainError(error) && error.code === 'DATABASE_UNAVAILABLE') throw error;
        const failure = failureOf(error, attempts);
        log.error(
          { consumer: handler.name, topic: message.topic, key: message.key, ...failure },
          'event parked',
        );
        await parked.park(key, () =>
          db.transaction(tenant, (tx) => parkEvent(tx, handler.name, message, failure)),
        );
        failpoint('reactor.parked');
        return;
      }
    }
  }

  /**
   * The keys that wait, before a batch is handled. This process parks the keys of its partitions itself and so knows them;
   * only at the first batch after a partition came from somebody else is the table asked.
   */
  async function refreshParked(batch: readonly Message[]): Promise<void> {
    const [first, last] = [batch[0], batch.at(-1)];
    if (!first || !last) return;
    const place = `${first.topic} ${first.partition}`;
    const continued = positions.get(place) === first.offset;
    positions.set(place, last.offset + 1n);
    if (!continued) await parked.refresh(() => systemDb.transaction('', (tx) => parkedKeys(tx, consumers)));
  }

  async function onBatch(batch: readonly Message[]): Promise<void> {
    await refreshParked(batch);
    const mine = batch.filter((message) => bound.has(message.headers['eventType'] ?? ''));
    if (mine.length === 0) return;
    failpoint('reactor.received');
    const byKey = Map.groupBy(mine, (message) => message.key);
    await Promise.all(
      [...byKey.values()].map(async (messages) => {
        for (const message of messages) {
          for (const handler of bound.get(message.headers['eventType'] ?? '') ?? []) {
            await deliver(handler, message);
          }
        }
      }),
    );
  }

  async function retryOne({ id, consumer, attempts, message }: ParkedEvent): Promise<void> {
    const handlers = bound.get(message.headers['eventType'] ?? '') ?? [];
    const handler = handlers.find(({ name }) => name === consumer);
    try {
      if (handler) await handle(handler, message);
      failpoint('reactor.retried');
      await systemDb.transaction('', (tx) => unpark(tx, id));
    } catch (error) {
      const failure = failureOf(error, attempts + 1);
      await systemDb.transaction(message.headers['storeId'] ?? '', async (tx) => {
        await noteFailure(tx, id, failure);
        if (failure.retryIn === undefined) await publishDeadLetter(tx, consumer, message, failure);
      });
    }
  }

  /** Tries the parked events whose time has come, and those behind them as they become the first of their key. */
  async function retryParked(): Promise<void> {
    const next = () => systemDb.transaction('', (tx) => claimDue(tx, consumers, PARKED_LIMIT));
    for (let due = await next(); due.length > 0 && parkedTimer; due = await next()) {
      await Promise.all(due.map(retryOne));
    }
    if (parked.size > 0)
      await parked.refresh(() => systemDb.transaction('', (tx) => parkedKeys(tx, consumers)));
  }

  function scheduleRetries(): void {
    parkedTimer = setTimeout(() => {
      retrying = retryParked()
        .catch((error: unknown) => log.warn({ error: String(error) }, 'parked events could not be tried'))
        .then(() => {
          if (parkedTimer) scheduleRetries();
        });
    }, PARKED_POLL_MS);
  }

  return {
    async start() {
      if (topics.length === 0) return;
      subscription = await broker.subscribe({
        group: options.service,
        topics,
        onBatch,
        ...(options.lingerMs === undefined ? {} : { lingerMs: options.lingerMs }),
        onCrash: options.onCrash,
      });
      scheduleRetries();
    },
    async stop() {
      clearTimeout(parkedTimer);
      parkedTimer = undefined;
      await subscription?.stop();
      await retrying;
    },
    get subscription() {
      return subscription;
    },
  };
}

function isRetryable(error: unknown): boolean {
  return isDomainError(error) && error.retryable;
}

/** Retryable failures come again after 1, 2, 4 … 60 s; what was never foreseen waits for an operator. */
export function failureOf(error: unknown, attempts: number): Failure {
  const code = isDomainError(error) ? error.code : 'UNEXPECTED';
  const message = error instanceof Error ? error.message : String(error);
  const retryIn = isRetryable(error)
    ? Math.min(2 ** Math.max(attempts - QUICK_RETRIES_MS.length - 1, 0), 60)
    : undefined;
  return { code, message, attempts, retryIn };
}
