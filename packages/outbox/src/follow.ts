import { setTimeout as delay } from 'node:timers/promises';
import { readRanges, type ReadOptions } from './read-ranges.ts';
import { checkpointsOf, pinRanges, restOf } from './replay-ranges.ts';

export interface Follower {
  /** Has what was in the log when it was called. */
  catchUp(): Promise<void>;
  /** @throws what ended it before */
  stop(): Promise<void>;
}

const PAUSE_MS = 100;

/** Keeps a version that was built up to some offsets up to date until it is stopped. */
export function follow(options: ReadOptions, topics: readonly string[]): Follower {
  const stopping = new AbortController();
  let failed = false;

  async function catchUp(): Promise<void> {
    const { brokerLog, db, name, version } = options;
    const ranges = await pinRanges(brokerLog, topics);
    await readRanges(options, restOf(ranges, await checkpointsOf(db, name, version)));
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await catchUp();
      await delay(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  const running = run();
  running.catch(() => {
    failed = true;
  });

  return {
    async catchUp() {
      if (failed) await running;
      await catchUp();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
