import { setTimeout as delay } from 'node:timers/promises';
import { chunkSize, nextRest, nextTurn, restAfter, type Signs, type Speed } from './pace.ts';

export interface Throttle {
  /** Most events that the next piece of work should take. */
  readonly chunk: number;
  /** Runs a piece of work of so many events when it is its turn. */
  run<T>(count: number, work: () => Promise<T>): Promise<T>;
  stop(): void;
}

const LOOK_MS = 500;

/**
 * Keeps a replay at its speed. Adaptive: it looks for live traffic twice a second; while there is some, one piece of work runs at
 * a time and is followed by a rest.
 * @param look answers undefined where nothing can be told, which leaves the pace as it is
 */
export function createThrottle(
  speed: Speed,
  look: () => Promise<Signs | undefined>,
  signal: AbortSignal,
): Throttle {
  let rest = 1;
  let growth = 0;
  let turn = 0;
  let last: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function adapt(): Promise<void> {
    const signs = await look().catch(() => undefined);
    if (signs !== undefined) [rest, growth] = [nextRest(rest, signs), signs.growth];
    if (!stopped) timer = setTimeout(() => void adapt(), LOOK_MS);
  }
  if (speed.kind === 'adaptive') void adapt();

  const pause = (ms: number) => (ms > 0 ? delay(ms, undefined, { signal }) : Promise.resolve());

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  }

  return {
    get chunk() {
      return chunkSize(speed, rest);
    },
    async run(count, work) {
      if (speed.kind === 'full' || (speed.kind === 'adaptive' && rest === 0)) return work();
      if (speed.kind === 'rate') {
        const now = performance.now();
        const start = Math.max(turn, now);
        turn = nextTurn(turn, now, count, speed.perSecond);
        await pause(start - now);
        return work();
      }
      return inTurn(async () => {
        const began = performance.now();
        const result = await work();
        await pause(restAfter(rest, performance.now() - began, count, growth));
        return result;
      });
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
