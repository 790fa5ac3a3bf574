import { build, type Histogram } from 'hdr-histogram-js';
import type { Measured } from '#bench/benchmark.ts';

/** One client's request; answers whether its work was accepted. Throwing counts as an error and fails the run. */
export type Request = (client: number) => Promise<boolean>;

export interface LoopResult extends Measured {
  readonly refused: number;
}

/** Latencies in microseconds; it grows where one takes longer than a minute. */
export const latencies = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });

export const record = (histogram: Histogram, ms: number): void =>
  histogram.recordValue(Math.max(1, Math.round(ms * 1_000)));

export const percentiles = (histogram: Histogram) => ({
  p50: histogram.getValueAtPercentile(50) / 1_000,
  p95: histogram.getValueAtPercentile(95) / 1_000,
  p99: histogram.getValueAtPercentile(99) / 1_000,
});

/** `clients` that each send their next request when the last one is answered, for about `seconds`. */
export async function closedLoop(clients: number, seconds: number, request: Request): Promise<LoopResult> {
  const histogram = latencies();
  const started = performance.now();
  const end = started + seconds * 1_000;
  let done = 0;
  let refused = 0;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() < end) {
        const before = performance.now();
        const accepted = await request(client);
        record(histogram, performance.now() - before);
        if (accepted) done++;
        else refused++;
      }
    }),
  );
  return { done, refused, seconds: (performance.now() - started) / 1_000, ...percentiles(histogram) };
}
