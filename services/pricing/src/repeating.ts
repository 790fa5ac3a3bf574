import { setTimeout } from 'node:timers/promises';
import type { Logger } from '@tradewind/service/logger.ts';
import type { Component } from '@tradewind/service/start.ts';

/** Work that is done again and again while the service runs, with a pause between; a failure waits for the next time. */
export function repeating(
  name: string,
  { everyMs, work, log }: { readonly everyMs: number; work(): Promise<unknown>; readonly log: Logger },
): Component {
  const stopped = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      await work().catch((error: unknown) => log.warn({ error: String(error), component: name }, 'not done'));
      await setTimeout(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  return {
    name,
    start: async () => {
      running = run();
    },
    async stop() {
      stopped.abort();
      await running;
    },
  };
}
