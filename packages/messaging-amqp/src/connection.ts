import { type ConfirmChannel, connect, type RecoveringChannelModel } from 'amqplib';
import { pause, pauseMs } from '@tradewind/messaging/backoff.ts';
import { unavailable } from './send.ts';

export interface AmqpOptions {
  /** amqp://user:password@host:port */
  readonly url: string;
  readonly log?: { warn(fields: object, message: string): void };
}

/** Heals by itself: whoever holds it only notices that there is no channel for a while. */
export interface AmqpConnection {
  /**
   * Keeps one channel open for as long as it takes: `setup` runs on each new one, before anybody gets it. What it declares
   * is declared again after a server lost it.
   */
  channel(setup: (channel: ConfirmChannel) => Promise<void>): LastingChannel;
  /**
   * A question on its own channel: a refused one (a passive declaration) closes its channel, and no other. Rejects after some
   * seconds while the server is away.
   */
  ask<T>(question: (channel: ConfirmChannel) => Promise<T>): Promise<T>;
  readonly connected: boolean;
  close(): Promise<void>;
}

export interface LastingChannel {
  /** Undefined while the server is away. */
  readonly current: ConfirmChannel | undefined;
  /** Resolves with the next channel that is open; undefined when `ms` are over or it was closed for good. */
  opened(ms: number): Promise<ConfirmChannel | undefined>;
  /** Gives the channel up and opens another: what was not acknowledged on it goes back to its queue. */
  reopen(): void;
  close(): Promise<void>;
}

const RECONNECT = { initialDelay: 100, maxDelay: 2_000, waitForConnect: false };
const REOPEN = { initialMs: 50, maxMs: 2_000 };
/** Both sides notice within twice this time, in seconds, that the other is gone without a word. */
const HEARTBEAT = 10;
const CONNECT_MS = 5_000;
/** A server may leave a question open for ever: a quorum queue, say, that is declared while it is being deleted. */
const ANSWER_MS = 15_000;
const CLOSE_MS = 5_000;

export async function openConnection({ url, log }: AmqpOptions): Promise<AmqpConnection> {
  const address = new URL(url);
  address.searchParams.set('heartbeat', String(HEARTBEAT));
  const model = await connect(address.href, { recovery: RECONNECT, timeout: CONNECT_MS, noDelay: true });
  const channels = new Set<LastingChannel>();
  let connected = false;
  model.on('connect', () => (connected = true));
  model.on('disconnect', (error) => {
    connected = false;
    log?.warn({ error: error.message }, 'RabbitMQ is away');
  });
  // Followed by "disconnect"; unheard it would end the process.
  model.on('error', () => undefined);
  return {
    get connected() {
      return connected;
    },
    channel(setup) {
      const channel = lastingChannel(model, setup, log);
      channels.add(channel);
      return channel;
    },
    async ask(question) {
      const channel = await within(CONNECT_MS, model.createConfirmChannel());
      // The answer of a refused question is its own rejection.
      channel.on('error', () => undefined);
      const answer = await within(ANSWER_MS, question(channel));
      await within(CLOSE_MS, channel.close());
      return answer;
    },
    async close() {
      await Promise.all([...channels].map((channel) => channel.close()));
      await within(CLOSE_MS, model.close()).catch(() => undefined);
      connected = false;
    },
  };
}

/** @throws PublishError BROKER_UNAVAILABLE where it takes longer than this */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const waiting = new AbortController();
  const late = pause(ms, waiting.signal).then((): never => {
    throw unavailable();
  });
  // It loses the race, mostly, and then nobody hears of it.
  late.catch(() => undefined);
  return Promise.race([work, late]).finally(() => waiting.abort());
}

function lastingChannel(
  model: RecoveringChannelModel,
  setup: (channel: ConfirmChannel) => Promise<void>,
  log: AmqpOptions['log'],
): LastingChannel {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  let current: ConfirmChannel | undefined;
  let next = Promise.withResolvers<ConfirmChannel | undefined>();
  let giveUp = (): void => undefined;

  /** One channel's life. */
  async function live(): Promise<void> {
    const channel = await Promise.race([model.createConfirmChannel(), stopped]);
    if (!channel) return;
    const lost = Promise.withResolvers<void>();
    giveUp = lost.resolve;
    channel.once('close', () => lost.resolve());
    channel.on('error', (error) => log?.warn({ error: error.message }, 'RabbitMQ closed a channel'));
    try {
      await Promise.race([within(ANSWER_MS, setup(channel)), stopped]);
      if (stopping.signal.aborted) return;
      current = channel;
      next.resolve(channel);
      await Promise.race([lost.promise, stopped]);
    } finally {
      current = undefined;
      next = Promise.withResolvers();
      // Closed already, when it was lost.
      await within(CLOSE_MS, channel.close()).catch(() => undefined);
    }
  }

  async function run(): Promise<void> {
    for (let failures = 1; !stopping.signal.aborted; failures++) {
      try {
        await live();
        failures = 0;
      } catch (error) {
        log?.warn({ error: String(error), failures }, 'no channel of RabbitMQ; trying again');
      }
      await pause(pauseMs(Math.max(1, failures), REOPEN), stopping.signal);
    }
    next.resolve(undefined);
  }

  const running = run();
  return {
    get current() {
      return current;
    },
    async opened(ms) {
      if (current) return current;
      return within(ms, Promise.race([next.promise, stopped.then(() => undefined)])).catch(() => undefined);
    },
    reopen: () => giveUp(),
    async close() {
      stopping.abort();
      await running;
    },
  };
}
