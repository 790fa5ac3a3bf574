import { setTimeout as pause } from 'node:timers/promises';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { untilQuiet } from '#reconcile/quiet.ts';
import { waitReady } from '#up/wait-ready.ts';
import { checkRun, type Broken } from './checks.ts';
import type { Load } from './load.ts';
import type { Scene } from './scene.ts';

export interface RunOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly clients: number;
  /** Plain orders a second beside them, of another store. */
  readonly background: number;
}

/** What a scenario leaves for the verdict. */
export interface Findings {
  readonly load: Load;
  readonly faults: Readonly<Record<string, number>>;
  readonly observed: Readonly<Record<string, string | number>>;
  readonly missing: readonly string[];
  readonly violations: readonly Broken[];
}

const READY_MS = 90_000;
/** Longer than a lease of a saga's timer and several of its growing pauses. */
const QUIET_SECONDS = 120;
const PROGRESS_MS = 5_000;
const PAUSE_MS = 500;

/** One line every few seconds, until it is told to stop. */
export function showProgress(scene: Scene, load: Load, faults: () => string): () => void {
  const timer = setInterval(() => {
    const seconds = Math.round(scene.records.elapsed() / 1_000);
    scene.say(
      `${String(seconds).padStart(3)} s  ${load.count('order')} orders, ${load.count('payment')} paid, ` +
        `${load.count('cancellation')} canceled; ${faults()}`,
    );
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

/** Waits until all processes serve and nothing is on its way; answers what still moves. */
export async function comeToRest({ supervisor, home, stack, records }: Scene): Promise<Broken[]> {
  const { processes } = await supervisor({ op: 'state' });
  const wanted = processes.filter(({ held }) => !held).map(({ name }) => name);
  await waitReady(supervisor, home, wanted, READY_MS);
  let last = '';
  const moving = await patiently(() => untilQuiet(stack, QUIET_SECONDS, (line) => (last = line)));
  records.note({ what: 'quiet' });
  return moving.map((what) => ({ rule: 'does not come to rest', subject: what, what: last }));
}

/** A server that is just back may not answer for everything yet. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + READY_MS; ; await pause(PAUSE_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (!isDomainError(error) || !error.retryable || performance.now() > end) throw error;
    }
  }
}

/** Lets the stack come to rest and looks at what is left. */
export async function settleAndCheck(scene: Scene, load: Load): Promise<Broken[]> {
  scene.say('waiting until all processes serve and nothing is on its way');
  const restless = await comeToRest(scene);
  scene.say('checking promises, stock, charges and every invariant');
  return [
    ...load.surprises,
    ...restless,
    ...(await checkRun(scene.endpoints, load.goods, load.acknowledged)),
  ];
}
