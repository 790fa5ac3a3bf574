import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs';
import { pause, pauseMs } from '@tradewind/messaging/backoff.ts';
import type { SubscribeOptions } from '@tradewind/messaging/broker.ts';
import { type ClientOptions, createClient } from './client.ts';
import { toMessage } from './convert.ts';
import { createCommitter } from './committer.ts';
import { createLimit } from './limit.ts';

export interface SessionOptions extends ClientOptions {
  readonly subscribe: SubscribeOptions;
  /** Partitions handled at once; default 12. */
  readonly concurrency?: number | undefined;
  /** Longest wait of a fetch for a message, in ms; default 250. */
  readonly maxWaitMs?: number | undefined;
  /** Called at every sign of life: an answered fetch or heartbeat. */
  readonly alive: () => void;
}

/** One kafkajs consumer from joining the group to its end. */
export interface Session {
  /** Resolves when the group is joined, or could not be (then `failed` says why). */
  readonly started: Promise<void>;
  /** Resolves with the reason when the consumer has failed. */
  readonly failed: Promise<unknown>;
  /** Fails the session from outside. */
  fail(reason: unknown): void;
  /** Lets batches in flight end and commit, within the grace time; then leaves the group. */
  close(drainMs: number): Promise<void>;
  /** Resolves when no onBatch of this session runs any more. */
  idle(): Promise<void>;
}

interface Work {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

const FETCH = 1;
const REDELIVERY = { initialMs: 50, maxMs: 2_000 };
const COMMIT_RETRY = { initialMs: 50, maxMs: 1_000 };
/** A batch that takes longer leaves the fetch loop, so that other partitions go on. */
const PATIENCE_MS = 100;
const DISCONNECT_MS = 5_000;
const SMALL_BATCH = 200;
const nameOf = (topic: string, partition: number): string => `${topic}|${partition}`;

/** Whether the promise settles in time. */
async function settles(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const settled = await Promise.race([
    promise.then(
      () => true,
      () => true,
    ),
    pause(ms, timer.signal).then(() => false),
  ]);
  timer.abort();
  return settled;
}

/**
 * Joins the group and feeds `onBatch`. kafkajs fetches again only when all batches of a fetch are handled, and fetching
 * is also what keeps the membership alive; so a batch that takes long is moved out of its loop and its partition paused
 * until the batch is done. The read position moves after the commit, never before.
 */
export function openSession(options: SessionOptions): Session {
  const { subscribe, log, concurrency = 12, maxWaitMs = 250 } = options;
  const { group, topics, maxBatch = 1_000, fromBeginning = true, lingerMs = 30 } = subscribe;
  const limit = createLimit(concurrency);
  const works = new Map<string, Work>();
  let closing = false;
  let over = false;
  const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>();

  const consumer: Consumer = createClient(options).consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    sessionTimeout: 6_000,
    heartbeatInterval: 1_500,
    rebalanceTimeout: 12_000,
    maxWaitTimeInMs: maxWaitMs,
    minBytes: 1,
    metadataMaxAge: 60_000,
    // Restarts are this package's: a fresh consumer instead of kafkajs's own, which can hang (kafkajs #1593).
    retry: {
      retries: 5,
      initialRetryTime: 100,
      maxRetryTime: 1_000,
      restartOnFailure: () => Promise.resolve(false),
    },
  });
  const commitPosition = createCommitter(consumer);
  const { GROUP_JOIN, HEARTBEAT, REQUEST, CRASH } = consumer.events;
  consumer.on(HEARTBEAT, () => (over ? leave() : options.alive()));
  consumer.on(REQUEST, ({ payload }) => {
    if (payload.apiKey === FETCH) options.alive();
  });
  consumer.on(CRASH, ({ payload }) => fail(payload.error));
  consumer.on(GROUP_JOIN, ({ payload }) => {
    if (over) {
      setImmediate(leave);
      return;
    }
    options.alive();
    const assigned = new Set(
      Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => nameOf(topic, partition)),
      ),
    );
    log.info({ group, partitions: assigned.size }, 'kafka group joined');
    for (const [name, work] of works) if (!assigned.has(name)) work.abort.abort();
  });

  /** For one that was given up while it was still trying to join, and then did: its partitions belong to others. */
  function leave(): void {
    consumer
      .disconnect()
      .catch((error: unknown) => log.debug({ group, error: String(error) }, 'consumer left behind'));
  }

  /** Hands over until it is handled; false when the result no longer counts. */
  async function deliver(
    batch: Parameters<SubscribeOptions['onBatch']>[0],
    signal: AbortSignal,
  ): Promise<boolean> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await limit.run(() => (signal.aborted ? Promise.resolve() : subscribe.onBatch(batch, signal)));
        return !signal.aborted;
      } catch (error) {
        const [first] = batch;
        const at = { group, topic: first?.topic, partition: first?.partition, offset: String(first?.offset) };
        if (!signal.aborted)
          log.warn({ ...at, attempt, error: String(error) }, 'batch failed, it comes again');
        if (closing) return false;
        await pause(pauseMs(attempt, REDELIVERY), signal);
        if (closing) return false;
      }
    }
    return false;
  }

  async function commit(
    topic: string,
    partition: number,
    offset: bigint,
    signal: AbortSignal,
  ): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await commitPosition({ topic, partition, offset });
        return;
      } catch (error) {
        // During a rebalance nothing can be committed; after it, the partition is ours or the signal is aborted.
        log.debug(
          { group, topic, partition, attempt, error: String(error) },
          'commit failed, it is tried again',
        );
        await pause(pauseMs(attempt, COMMIT_RETRY), signal);
      }
    }
  }

  async function process(payload: EachBatchPayload, signal: AbortSignal): Promise<void> {
    const { topic, partition, messages: records } = payload.batch;
    for (let start = 0; start < records.length; start += maxBatch) {
      const part = records
        .slice(start, start + maxBatch)
        .map((record) => toMessage(topic, partition, record));
      if (!(await deliver(part, signal))) return;
      const last = part.at(-1)!.offset;
      await commit(topic, partition, last + 1n, signal);
      if (signal.aborted) return;
      payload.resolveOffset(String(last));
      if (closing) return;
    }
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    // A consumer that was given up may come to life again: it must end, not feed anybody.
    if (over) throw new kafkajs.KafkaJSNonRetriableError('this session is over');
    if (closing) return;
    const { topic, partition } = payload.batch;
    const name = nameOf(topic, partition);
    const abort = new AbortController();
    const previous = works.get(name)?.done;
    const done = Promise.resolve(previous)
      .then(() => process(payload, abort.signal))
      .catch(fail)
      .finally(() => {
        if (works.get(name)?.abort === abort) works.delete(name);
      });
    works.set(name, { abort, done });
    if (await settles(done, PATIENCE_MS)) {
      if (!closing && payload.batch.messages.length < SMALL_BATCH) await pause(lingerMs, abort.signal);
      return;
    }
    const resume = payload.pause();
    void done.then(() => {
      if (!closing && works.get(name) === undefined) resume();
    });
  }

  const idle = async (): Promise<void> =>
    void (await Promise.all([...works.values()].map(({ done }) => done)));

  async function close(drainMs: number): Promise<void> {
    closing = true;
    try {
      consumer.pause(topics.map((topic) => ({ topic })));
    } catch (error) {
      log.debug({ group, error: String(error) }, 'nothing to pause: the consumer is not running');
    }
    await Promise.all([settles(idle(), drainMs), settles(started, DISCONNECT_MS)]);
    over = true;
    for (const { abort } of works.values()) abort.abort();
    const left = consumer.disconnect();
    if (!(await settles(left, DISCONNECT_MS)))
      log.warn({ group }, 'kafka consumer did not end; it is left behind');
  }

  async function start(): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: concurrency,
      eachBatch,
    });
  }

  const started = start().catch(fail);
  return { started, failed, fail, close, idle };
}
