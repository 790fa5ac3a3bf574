import { pause, pauseMs } from '@tradewind/messaging/backoff.ts';
import type { Subscription, SubscriptionState } from '@tradewind/messaging/broker.ts';
import { mayRecover } from './errors.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

export interface SubscriptionOptions extends Omit<SessionOptions, 'alive'> {
  readonly drainMs: number;
  /** Longest time without an answered fetch or heartbeat before the consumer is replaced. */
  readonly stallMs: number;
  lag(): Promise<bigint>;
}

const REOPEN = { initialMs: 200, maxMs: 2_000 };
const WATCH_MS = 1_000;

/**
 * Keeps a consumer running for as long as it takes: one that crashed, or that shows no life, is thrown away and a new
 * one joins the group. Ends only by `stop`, or when no new consumer could do better (`crashed`).
 */
export async function superviseSubscription(options: SubscriptionOptions): Promise<Subscription> {
  const { log, drainMs, stallMs, subscribe } = options;
  const { group } = subscribe;
  const stopping = new AbortController();
  let state: SubscriptionState = 'starting';
  let lastFetchAt = 0;
  let session: Session | undefined;
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));

  function open(): Session {
    const openedAt = Date.now();
    let failed = false;
    const opened = openSession({
      ...options,
      alive() {
        if (session !== opened || failed) return;
        lastFetchAt = Date.now();
        if (state === 'starting') state = 'running';
      },
    });
    const watch = setInterval(() => {
      const silent = Date.now() - Math.max(lastFetchAt, openedAt);
      if (silent > stallMs) opened.fail(new Error(`no answer from the brokers for ${silent} ms`));
    }, WATCH_MS);
    watch.unref();
    void opened.failed.then(() => {
      failed = true;
      clearInterval(watch);
    });
    return opened;
  }

  /** One life of a consumer; resolves with what ended it. */
  async function live(joined: () => void): Promise<unknown> {
    const current = open();
    session = current;
    const lost = current.started.then(joined).then(() => current.failed);
    const reason = await Promise.race([lost, current.failed, stopped]);
    state = 'starting';
    current.fail(reason);
    await current.close(stopping.signal.aborted ? drainMs : 0);
    // Only when its handlers have ended may a new consumer deliver the same partitions.
    await Promise.race([current.idle(), stopped]);
    return reason;
  }

  async function supervise(joined: () => void): Promise<void> {
    for (let failures = 1; ; failures++) {
      const startedAt = Date.now();
      const error = await live(joined);
      joined();
      if (stopping.signal.aborted) break;
      if (!mayRecover(error)) {
        state = 'crashed';
        log.error({ group, error: String(error) }, 'kafka consumer crashed for good');
        subscribe.onCrash?.(error);
        return;
      }
      if (Date.now() - startedAt > stallMs) failures = 1;
      const level = failures === 1 || failures % 10 === 0 ? 'warn' : 'debug';
      log[level]({ group, failures, error: String(error) }, 'kafka consumer failed; a new one joins');
      await pause(pauseMs(failures, REOPEN), stopping.signal);
    }
    state = 'stopped';
  }

  const { promise: first, resolve: joined } = Promise.withResolvers<void>();
  const supervision = supervise(joined);
  await first;
  return {
    get lastFetchAt() {
      return lastFetchAt;
    },
    get state() {
      return state;
    },
    async stop() {
      stopping.abort();
      await supervision;
      state = 'stopped';
    },
    lag: () => options.lag(),
  };
}
