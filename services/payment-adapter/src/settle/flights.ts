import type { Logger } from '@tradewind/service/logger.ts';
import type { Component } from '@tradewind/service/start.ts';
import { type Outcome, pending } from '#payment/outcome.ts';
import { drained } from './drained.ts';
import type { Job } from './job.ts';
import type { Run } from './run.ts';

/** The runs that requests of this process have begun. They go on when their callers stop waiting. */
export interface Flights {
  /** One run per id: a second one while it flies is not begun. */
  begin(job: Job): void;
  /** What became of a run, or PENDING after `waitMs`, or undefined where this process runs nothing under this id. */
  outcome(id: string, waitMs: number): Promise<Outcome> | undefined;
  /** Callers stop waiting: those who do, and those to come, get PENDING. The runs go on. */
  hurry(): void;
  readonly component: Component;
}

export function createFlights(run: Run, log: Logger): Flights {
  const flying = new Map<string, Promise<Outcome>>();
  // Kept by hand: racing each caller against one long-lived promise would keep them all in memory.
  const waiting = new Set<() => void>();
  let hurrying = false;
  return {
    begin(job) {
      if (flying.has(job.id)) return;
      const flight = run(job)
        .catch((error: unknown) => {
          log.error({ err: error, kind: job.kind, id: job.id }, 'a run ended early; its timer stands');
          return pending;
        })
        .finally(() => flying.delete(job.id));
      flying.set(job.id, flight);
    },
    outcome(id, waitMs) {
      const flight = flying.get(id);
      if (!flight) return undefined;
      return new Promise((resolve) => {
        const leave = () => answer(pending);
        const timer = setTimeout(leave, hurrying ? 0 : waitMs);
        function answer(outcome: Outcome): void {
          clearTimeout(timer);
          waiting.delete(leave);
          resolve(outcome);
        }
        waiting.add(leave);
        void flight.then(answer);
      });
    },
    hurry() {
      hurrying = true;
      for (const leave of waiting) leave();
    },
    component: { name: 'flights', stop: () => drained(flying.values()) },
  };
}
