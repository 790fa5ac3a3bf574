import type { Log } from '@tradewind/outbox/logger.ts';
import type { Redis } from 'ioredis';
import { connect, type Entry, entriesOf } from './change-stream.ts';

export interface FollowerOptions {
  readonly url: string;
  /** Of the stream, in Redis. */
  readonly key: string;
  readonly log: Log;
  /** In the order of the stream. Must not throw. */
  onEntries(entries: readonly Entry[]): void;
  /** Hints may have been lost: what they told of is only in the projection. */
  onLost(): void;
  /** Redis is away; told again and again meanwhile. */
  onAway(): void;
}

/** Reads the stream from its end on, for as long as the process lives. Each instance has its own place in it. */
export interface StreamFollower {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Id of the last entry that was handed over; nothing after it has been. */
  readonly position: string;
  readonly following: boolean;
}

const BLOCK_MS = 1_000;
const TIMEOUT_MS = 5_000;
const AWAY_MS = 2_000;
const BATCH = 2_000;
export const START = '0-0';

/**
 * With each read it asks whether the entry it stands on is still there. If not, the stream was wiped, trimmed past us, or
 * made anew by a server that came back empty, whatever its new ids are: hints between may be lost.
 */
export function streamFollower(options: FollowerOptions): StreamFollower {
  const { key, log, onEntries, onLost, onAway } = options;
  const redis = connect(options.url, { commandTimeout: TIMEOUT_MS, name: 'notification:follower' }, log);
  let position = START;
  let begun = false;
  let interrupted = false;
  let following = false;
  let stopped = false;
  let running: Promise<void> | undefined;
  let wake: (() => void) | undefined;

  async function round(): Promise<void> {
    // Clients may have joined before there was a position: what came in between has been told to nobody.
    const first = !begun;
    if (first) position = await lastId(redis, key);
    begun = true;
    const [read, held] = await Promise.all([
      redis.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', key, position),
      redis.xrange(key, position, position, 'COUNT', 1),
    ]);
    const lost = first || (position === START ? interrupted : held.length === 0);
    const entries = entriesOf((read?.[0]?.[1] ?? []) as [string, string[]][]);
    interrupted = false;
    following = true;
    position = entries.at(-1)?.id ?? (lost ? await lastId(redis, key) : position);
    if (entries.length > 0) onEntries(entries);
    if (lost) {
      if (!first) log.warn({}, 'the change stream has lost hints; statuses are read anew');
      onLost();
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        await round();
      } catch (error) {
        if (stopped) return;
        if (following) log.warn({ error: String(error) }, 'the change stream is not read');
        following = false;
        interrupted = true;
        onAway();
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, AWAY_MS);
        });
      }
    }
  }

  return {
    name: 'change stream',
    async start() {
      // As soon as it is back, not when the rest is over.
      redis.on('ready', () => wake?.());
      running = run();
    },
    async stop() {
      stopped = true;
      redis.disconnect();
      wake?.();
      await running;
    },
    get position() {
      return position;
    },
    get following() {
      return following;
    },
  };
}

async function lastId(redis: Redis, key: string): Promise<string> {
  const [last] = await redis.xrevrange(key, '+', '-', 'COUNT', 1);
  return last?.[0] ?? START;
}
