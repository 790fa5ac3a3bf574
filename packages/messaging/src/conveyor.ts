import { pause, pauseMs } from './backoff.ts';

export interface ConveyorOptions<T> {
  readonly maxBatch: number;
  /** Tried again, after a growing pause, until it resolves or the signal says that the result no longer counts. */
  handle(batch: readonly T[], signal: AbortSignal): Promise<void>;
}

export interface Belt<T> {
  /** Called once per handled batch: time to acknowledge it. */
  done(batch: readonly T[]): void;
  /** Aborted when the connection is lost that brought the items: they will be delivered again. */
  readonly lost: AbortSignal;
}

export interface Conveyor<T> {
  /** A new connection: what it brings is handed over only when the handler of the one before has ended. */
  connect(belt: Belt<T>): (item: T) => void;
  /** Takes nothing more on this connection; resolves when the batch in hand is handled, or its retries are given up. */
  finish(): Promise<void>;
  /** As `finish`, for good. */
  leave(): Promise<void>;
}

const AGAIN = { initialMs: 50, maxMs: 5_000 };

/** Turns what a broker pushes one by one into batches, of which one at a time is handled. */
export function createConveyor<T>({ maxBatch, handle }: ConveyorOptions<T>): Conveyor<T> {
  let leaving = false;
  let work = Promise.resolve();
  let stop = new AbortController();

  async function handleAll(batch: readonly T[], belt: Belt<T>, ended: AbortSignal): Promise<void> {
    for (let attempt = 1; !ended.aborted; attempt++) {
      try {
        await handle(batch, belt.lost);
        if (!belt.lost.aborted) belt.done(batch);
        return;
      } catch {
        await pause(pauseMs(attempt, AGAIN), ended);
      }
    }
  }

  function finish(): Promise<void> {
    stop.abort();
    return work;
  }

  return {
    connect(belt) {
      const waiting: T[] = [];
      let busy = false;
      stop = new AbortController();
      if (leaving) stop.abort();
      const ended = AbortSignal.any([stop.signal, belt.lost]);

      async function run(): Promise<void> {
        // What arrived with the first one belongs to its batch.
        await new Promise<void>((next) => void setImmediate(next));
        while (waiting.length > 0 && !ended.aborted)
          await handleAll(waiting.splice(0, maxBatch), belt, ended);
        busy = false;
      }

      return (item) => {
        if (ended.aborted) return;
        waiting.push(item);
        if (busy) return;
        busy = true;
        work = work.then(run);
      };
    },
    finish,
    leave() {
      leaving = true;
      return finish();
    },
  };
}
