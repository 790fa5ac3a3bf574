import { setTimeout as delay } from 'node:timers/promises';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { isRetryable } from '@tradewind/postgres/errors.ts';
import { saveCheckpoints } from './checkpoints.ts';
import type { Projector } from './projector.ts';
import type { Range } from './replay-ranges.ts';
import type { Throttle } from './throttle.ts';

export interface ReadOptions {
  readonly name: string;
  readonly version: number;
  readonly brokerLog: BrokerLog;
  readonly projector: Projector;
  readonly db: Database;
  readonly throttle: Throttle;
  readonly signal: AbortSignal;
  /** Offsets passed since the last call. */
  onRead(count: bigint): void;
}

/** Partitions read at once: each has a connection and a batch or two in memory. */
const AT_ONCE = 12;
/** A server that is away for longer ends the replay; it resumes. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 500;

/**
 * Applies ranges of the log to one version. Read straight from the partitions' leaders: there is no group whose dead members a
 * resumed replay would have to wait for, and nothing is left at the broker. Where to go on is in the version's checkpoints.
 */
export async function readRanges(options: ReadOptions, ranges: readonly Range[]): Promise<void> {
  const waiting = [...ranges];
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  async function readOn(): Promise<void> {
    for (let range = waiting.shift(); range; range = waiting.shift()) {
      try {
        await readRange({ ...options, signal }, range);
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ranges.length) }, readOn));
}

async function readRange(options: ReadOptions, { topic, partition, start, end }: Range): Promise<void> {
  const { brokerLog, projector, throttle, signal, onRead } = options;
  let at = start;
  let since = performance.now();

  async function applyOn(): Promise<void> {
    for await (const batch of brokerLog.read(topic, partition, at, end)) {
      for (let first = 0; first < batch.length;) {
        signal.throwIfAborted();
        const part = batch.slice(first, first + throttle.chunk);
        await throttle.run(part.length, () => projector.apply(part));
        const next = part.at(-1)!.offset + 1n;
        onRead(next - at);
        at = next;
        first += part.length;
        since = performance.now();
      }
    }
  }

  for (;;) {
    signal.throwIfAborted();
    try {
      await applyOn();
      break;
    } catch (error) {
      const passing = isRetryable(error) || (error instanceof DomainError && error.retryable);
      if (!passing || signal.aborted || performance.now() - since > PATIENCE_MS) throw error;
      await delay(RETRY_MS, undefined, { signal });
    }
  }
  if (at >= end) return;
  // The rest of the range is no longer kept.
  await options.db.transaction('', (tx) =>
    saveCheckpoints(tx, options.name, options.version, [{ topic, partition, next: end }]),
  );
  onRead(end - at);
}
