import type { Measured } from '#bench/benchmark.ts';
import { latencies, percentiles, record } from '#bench/closed-loop.ts';

/**
 * Open loop: `rate` requests a second start by the clock, whether or not earlier ones are answered, and each counts from
 * its time on. A server that falls behind can't slow the load down.
 */
export async function byTheClock(
  rate: number,
  seconds: number,
  request: (turn: number) => Promise<unknown>,
): Promise<Measured> {
  const histogram = latencies();
  const total = Math.round(rate * seconds);
  const started = performance.now();
  const open: Promise<void>[] = [];
  for (let turn = 0; turn < total; turn++) {
    const at = started + (turn * 1_000) / rate;
    while (performance.now() < at) await new Promise((resolve) => setTimeout(resolve, 1));
    open.push(request(turn).then(() => record(histogram, performance.now() - at)));
  }
  await Promise.all(open);
  return { done: total, seconds: (performance.now() - started) / 1_000, ...percentiles(histogram) };
}
