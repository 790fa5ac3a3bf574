import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { periodically } from '@tradewind/outbox/periodically.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { Component } from '@tradewind/service/start.ts';
import { drained } from './drained.ts';
import type { Run } from './run.ts';
import type { Timers } from './timers.ts';

const MAX_RUNNING = 50;

/** Finds out what became of payments and refunds that timed out or whose process died. Instances share the work. */
export function settleWorker(timers: Timers, run: Run, pollMs: number, log: Logger): Component {
  const running = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    const room = MAX_RUNNING - running.size;
    if (room === 0) return;
    const jobs = await timers.claim(room);
    if (jobs.length > 0) failpoint('settle.claimed');
    for (const job of jobs) {
      const work: Promise<void> = run(job)
        .then(() => undefined)
        .catch((error: unknown) =>
          log.error(
            { err: error, kind: job.kind, id: job.id },
            'a payment was not settled; its timer stands',
          ),
        )
        .finally(() => running.delete(work));
      running.add(work);
    }
  }

  const { name, start, stop } = periodically({ name: 'settle-worker', everyMs: pollMs, round: poll, log });
  return {
    name,
    start,
    async stop() {
      await stop();
      await drained(running);
    },
  };
}
