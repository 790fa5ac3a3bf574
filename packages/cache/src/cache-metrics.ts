import { metrics, type ObservableResult } from '@opentelemetry/api';

export type Tier = 'near' | 'shared';
export type StormScope = 'tag' | 'tenant';

/** Reads by where they were answered. */
export interface ReadCounts {
  hit(tier: Tier): void;
  miss(): void;
}

export interface InvalidationCounts {
  /** Entries of a tag were taken out. */
  carriedOut(): void;
  /** An event was left to the end of its window. */
  merged(): void;
  storm(scope: StormScope): void;
  /** Where the number of storms that go on is read. */
  watch(active: () => Readonly<Record<StormScope, number>>): void;
}

interface Reads {
  readonly near: number;
  readonly shared: number;
  readonly misses: number;
}
interface Invalidations {
  readonly carriedOut: number;
  readonly merged: number;
  readonly storms: Readonly<Record<StormScope, number>>;
  active(): Readonly<Record<StormScope, number>>;
}

/** Plain numbers of each cache of this process, read when metrics are scraped. */
const reads = new Map<string, Reads>();
const invalidations = new Map<string, Invalidations>();
let exported = false;

/** Once, when the first cache is there: until then there is nothing that collects. */
function exportCounts(): void {
  if (exported) return;
  exported = true;
  const meter = metrics.getMeter('tradewind.cache');
  const counter = (name: string, description: string, observe: (result: ObservableResult) => void) =>
    meter.createObservableCounter(name, { description }).addCallback(observe);
  const scoped = (
    result: ObservableResult,
    cache: string,
    by: Readonly<Record<StormScope, number>>,
  ): void => {
    result.observe(by.tag, { cache, scope: 'tag' });
    result.observe(by.tenant, { cache, scope: 'tenant' });
  };
  counter('cache_hits_total', 'Reads answered from a cache', (result) =>
    reads.forEach(({ near, shared }, cache) => {
      result.observe(near, { cache, tier: 'near' });
      result.observe(shared, { cache, tier: 'shared' });
    }),
  );
  counter('cache_misses_total', 'Reads that no cache could answer', (result) =>
    reads.forEach(({ misses }, cache) => result.observe(misses, { cache })),
  );
  counter('cache_invalidations_total', 'Times that entries of a tag were taken out', (result) =>
    invalidations.forEach(({ carriedOut }, cache) => result.observe(carriedOut, { cache })),
  );
  counter('cache_invalidations_merged_total', 'Changes that were left to the end of a window', (result) =>
    invalidations.forEach(({ merged }, cache) => result.observe(merged, { cache })),
  );
  counter('cache_storms_total', 'Times that invalidations came faster than allowed', (result) =>
    invalidations.forEach(({ storms }, cache) => scoped(result, cache, storms)),
  );
  meter
    .createObservableGauge('cache_storms_active', { description: 'Storms of invalidations that go on' })
    .addCallback((result) => invalidations.forEach(({ active }, cache) => scoped(result, cache, active())));
}

/** Counts a cache's reads, and exports their share that was found as `<cache>_cache_hit_ratio`. */
export function countReads(cache: string): ReadCounts {
  const counts = { near: 0, shared: 0, misses: 0 };
  reads.set(cache, counts);
  exportCounts();
  metrics
    .getMeter('tradewind.cache')
    .createObservableGauge(`${cache}_cache_hit_ratio`, {
      description: 'Share of reads that a cache answered',
    })
    .addCallback((result) => {
      const found = counts.near + counts.shared;
      const all = found + counts.misses;
      result.observe(all === 0 ? 0 : found / all);
    });
  return {
    hit(tier) {
      counts[tier]++;
    },
    miss() {
      counts.misses++;
    },
  };
}

export function countInvalidations(cache: string): InvalidationCounts {
  const counts = {
    ...{ carriedOut: 0, merged: 0, storms: { tag: 0, tenant: 0 } },
    active: (): Readonly<Record<StormScope, number>> => ({ tag: 0, tenant: 0 }),
  };
  invalidations.set(cache, counts);
  exportCounts();
  return {
    carriedOut() {
      counts.carriedOut++;
    },
    merged() {
      counts.merged++;
    },
    storm(scope) {
      counts.storms[scope]++;
    },
    watch(active) {
      counts.active = active;
    },
  };
}
