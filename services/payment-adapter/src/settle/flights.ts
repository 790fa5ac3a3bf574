import type { Logger } from '@tradewind/service/logger.ts';
import type { Component } from '@tradewind/service/start.ts';
import { type Outcome, pending } from '#payment/outcome.ts';
import type { Job } from './job.ts';
import type { Run } from './run.ts';

/** The runs that requests of this process have begun. They go on when their callers stop waiting. */
export interface Flights {
  begin(job: Job): void;
  /** What became of a run, or PENDING after `waitMs`, or undefined where this process runs nothing under this id. */
  outcome(id: string, waitMs: number): Promise<Outcome> | undefined;
  readonly component: Component;
}

export function createFlights(run: Run, log: Logger): Flights {
  const flying = new Map<string, Promise<Outcome>>();
  return {
    begin(job) {
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
      return flight && Promise.race([flight, afterwards(waitMs, flight)]);
    },
    component: { name: 'flights', stop: () => Promise.all(flying.values()).then(() => undefined) },
  };
}

/** PENDING after a while; the timer goes when the flight is over. */
function afterwards(waitMs: number, flight: Promise<Outcome>): Promise<Outcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, waitMs, pending);
    void flight.then(() => clearTimeout(timer));
  });
}
