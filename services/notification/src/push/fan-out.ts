import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { Broker, Message, Subscription } from '@tradewind/messaging/broker.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import type { ChangeStream, Hint } from './change-stream.ts';
import type { ProjectionProgress } from './projection-progress.ts';
import type { StatusQueries } from './status-queries.ts';

export interface FanOutOptions {
  readonly broker: Broker;
  readonly decode: (value: Buffer) => AnyEvent | Promise<AnyEvent>;
  readonly progress: ProjectionProgress;
  readonly statuses: StatusQueries;
  readonly stream: Pick<ChangeStream, 'append'>;
  readonly log: Log;
  onCrash(error: unknown): void;
}

export interface FanOut {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly subscription: Subscription | undefined;
}

/** Nobody waits for older news: a group that begins with the topic would fill the stream with them. */
const NEWS_MS = 2 * 3_600_000;

/**
 * Puts changes of orders into the stream, for all instances. A group of its own without any state: what it does twice is
 * dropped by version. An event is told only when the projection has it, so that who reads the projection after having
 * begun to listen misses nothing. While Redis is away nothing is committed, and everything comes again.
 */
export function fanOut(options: FanOutOptions): FanOut {
  const { broker, progress, statuses, stream, log } = options;
  let subscription: Subscription | undefined;

  /** What can't be decoded is in the projection's dead letters; nobody can be told of it. */
  async function decoded(batch: readonly Message[]): Promise<AnyEvent[]> {
    const events: AnyEvent[] = [];
    for (const { value, offset, partition } of batch) {
      try {
        events.push(await options.decode(value));
      } catch (error) {
        if (isDomainError(error) && error.retryable) throw error;
        log.warn({ error: String(error), partition, offset: String(offset) }, 'event not told to clients');
      }
    }
    return events;
  }

  async function hintsOf(storeId: string, events: readonly AnyEvent[]): Promise<Hint[]> {
    const ids = [...new Set(events.map(({ partitionKey }) => partitionKey))];
    const rows = new Map((await statuses.findAll(storeId, ids)).map((row) => [row.orderId, row]));
    return events.flatMap(({ partitionKey, aggregateVersion }) => {
      const row = rows.get(partitionKey);
      const change = row?.changes.find(({ version }) => version === aggregateVersion);
      return row && change ? [{ storeId, orderId: partitionKey, userId: row.userId, change }] : [];
    });
  }

  async function onBatch(batch: readonly Message[], signal: AbortSignal): Promise<void> {
    const last = batch.at(-1);
    const events = await decoded(batch);
    const news = events.filter(({ occurredAt }) => occurredAt.getTime() > Date.now() - NEWS_MS);
    if (!last || news.length === 0) return;
    await progress.passed(last, signal);
    failpoint('push.projected');
    const byTenant = Map.groupBy(news, ({ storeId }) => storeId);
    for (const [storeId, own] of byTenant) await stream.append(await hintsOf(storeId, own));
    failpoint('push.appended');
  }

  return {
    async start() {
      subscription = await broker.subscribe({
        group: 'notification.push',
        topics: ['ecommerce.order.order'],
        lingerMs: 100,
        onBatch,
        onCrash: options.onCrash,
      });
    },
    stop: async () => subscription?.stop(),
    get subscription() {
      return subscription;
    },
  };
}
