import type { Log } from './logger.ts';

export interface PeriodicOptions {
  readonly name: string;
  /** Rest between the end of one round and the begin of the next, in ms. */
  readonly everyMs: number;
  /** A round that fails is logged; the next one comes all the same. */
  readonly round: (stopping: () => boolean) => Promise<unknown>;
  readonly log: Log;
  /** The first round at the start, instead of a rest first. */
  readonly atOnce?: boolean;
}

export interface Periodic {
  readonly name: string;
  start(): Promise<void>;
  /** Ends with the round that is running. */
  stop(): Promise<void>;
}

/** Repeats work that the database hands out: rounds never overlap within a process; between processes the claim decides. */
export function periodically({ name, everyMs, round, log, atOnce = false }: PeriodicOptions): Periodic {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  function run(): void {
    running = round(() => stopped)
      .catch((error: unknown) =>
        log.warn({ error: String(error) }, `${name}: a round failed; it is tried again`),
      )
      .then(() => {
        if (!stopped) timer = setTimeout(run, everyMs);
      });
  }

  return {
    name,
    async start() {
      if (atOnce) run();
      else timer = setTimeout(run, everyMs);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
