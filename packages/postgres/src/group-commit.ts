import { setTimeout } from 'node:timers/promises';
import { isDomainError } from '@tradewind/kernel/errors.ts';

/** Rest of look-ups that every request makes. */
export const LOOK_UP_REST_MS = 3;

/** What became of one command of a batch. */
export type Outcome<R> =
  { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: unknown };

export interface GroupCommitOptions<C, R> {
  /** Commands of one batch share this: the tenant, because a transaction has one. */
  readonly groupOf: (command: C) => string;
  /**
   * Carries out a batch in one transaction and answers one outcome per command, in order. A command that a rule
   * refuses gets its own `ok: false`. Throwing means that the transaction failed and nothing was stored.
   */
  readonly run: (group: string, commands: readonly C[]) => Promise<readonly Outcome<R>[]>;
  /** Largest batch; default 256. */
  readonly maxBatch?: number;
  /**
   * Rest after a batch, in ms; by default what `restAfter` says. For look-ups, which are done so soon that hardly any other
   * would have joined: under load requests gather meanwhile. The first one after a quiet time is not delayed.
   */
  readonly restMs?: number;
}

/** Sooner than this a batch ends only where the machine has time. */
const BUSY_MS = 6;
/** As many share a transaction well enough. */
const ENOUGH = 10;
const LONGEST_REST_MS = 15;

/**
 * How long to wait after a batch that took this long, with so many commands waiting. A batch that took long says that the
 * machine is busy: what it needs then is fewer transactions, and commands that come meanwhile share the next. Pure.
 */
export function restAfter(tookMs: number, waiting: number): number {
  return tookMs < BUSY_MS || waiting >= ENOUGH ? 0 : Math.min(tookMs, LONGEST_REST_MS);
}

interface Waiting<C, R> {
  readonly command: C;
  readonly settle: (outcome: Outcome<R>) => void;
}

/**
 * Lets concurrent commands share one transaction, because the commit is the cost. One batch per group is in flight
 * while the next one forms, so an idle system adds no delay and a busy one makes larger batches by itself. Commands of one
 * group keep their order. When a batch fails as a whole (a constraint), it is halved until
 * the culprit stands alone: one command never fails its neighbours.
 */
export function groupCommit<C, R>(options: GroupCommitOptions<C, R>): (command: C) => Promise<R> {
  const { groupOf, run, maxBatch = 256, restMs } = options;
  const queues = new Map<string, Waiting<C, R>[]>();

  async function drain(group: string, queue: Waiting<C, R>[]): Promise<void> {
    // Requests that arrive in the same turn of the event loop join the first batch.
    await new Promise(setImmediate);
    while (queue.length > 0) {
      const begun = performance.now();
      await runBatch(group, queue.splice(0, maxBatch));
      const took = performance.now() - begun;
      const rest = restMs ?? restAfter(took, queue.length);
      if (rest > 0 && queue.length < maxBatch) await setTimeout(rest);
    }
    queues.delete(group);
  }

  async function runBatch(group: string, batch: readonly Waiting<C, R>[]): Promise<void> {
    let outcomes: readonly Outcome<R>[];
    try {
      outcomes = await run(
        group,
        batch.map(({ command }) => command),
      );
    } catch (error) {
      if (batch.length === 1 || (isDomainError(error) && error.kind === 'unavailable')) {
        outcomes = batch.map(() => ({ ok: false, error }));
      } else {
        const middle = batch.length >> 1;
        await runBatch(group, batch.slice(0, middle));
        await runBatch(group, batch.slice(middle));
        return;
      }
    }
    batch.forEach(({ settle }, index) =>
      settle(
        outcomes[index] ?? { ok: false, error: new Error(`no outcome for command ${index} of a batch`) },
      ),
    );
  }

  return (command) =>
    new Promise<R>((resolve, reject) => {
      const settle = (outcome: Outcome<R>) => (outcome.ok ? resolve(outcome.value) : reject(outcome.error));
      const group = groupOf(command);
      const queue = queues.get(group);
      if (queue) {
        queue.push({ command, settle });
        return;
      }
      const started = [{ command, settle }];
      queues.set(group, started);
      void drain(group, started);
    });
}
