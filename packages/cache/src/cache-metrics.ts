import { metrics } from '@opentelemetry/api';

export type Tier = 'near' | 'shared';
export type StormScope = 'tag' | 'tenant';

/** Reads by where they were answered. */
export interface ReadCounts {
  hit(tier: Tier): void;
  miss(): void;
  readonly ratio: number;
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

/** Counts of reads under `<name>_cache_…`; plain numbers, read when metrics are scraped. */
export function countReads(name: string): ReadCounts {
  const hits: Record<Tier, number> = { near: 0, shared: 0 };
  let misses = 0;
  const ratio = (): number => {
    const found = hits.near + hits.shared;
    return found + misses === 0 ? 0 : found / (found + misses);
  };
  const meter = metrics.getMeter('tradewind.cache');
  meter
    .createObservableCounter(`${name}_cache_hits_total`, { description: 'Reads answered from a cache' })
    .addCallback((result) => {
      result.observe(hits.near, { tier: 'near' });
      result.observe(hits.shared, { tier: 'shared' });
    });
  meter
    .createObservableCounter(`${name}_cache_misses_total`, { description: 'Reads that went to the database' })
    .addCallback((result) => result.observe(misses));
  meter
    .createObservableGauge(`${name}_cache_hit_ratio`, {
      description: 'Share of reads answered from a cache',
    })
    .addCallback((result) => result.observe(ratio()));
  return {
    hit(tier) {
      hits[tier]++;
    },
    miss() {
      misses++;
    },
    get ratio() {
      return ratio();
    },
  };
}

/** Counts of invalidations under `<name>_cache_…`. */
export function countInvalidations(name: string): InvalidationCounts {
  let carriedOut = 0;
  let merged = 0;
  const storms: Record<StormScope, number> = { tag: 0, tenant: 0 };
  const meter = metrics.getMeter('tradewind.cache');
  const counter = (metric: string, description: string) =>
    meter.createObservableCounter(`${name}_cache_${metric}_total`, { description });
  counter('invalidations', 'Times that entries of a tag were taken out').addCallback((result) =>
    result.observe(carriedOut),
  );
  counter('invalidations_merged', 'Changes that were left to the end of a window').addCallback((result) =>
    result.observe(merged),
  );
  counter('storms', 'Times that invalidations came faster than allowed').addCallback((result) => {
    result.observe(storms.tag, { scope: 'tag' });
    result.observe(storms.tenant, { scope: 'tenant' });
  });
  return {
    carriedOut() {
      carriedOut++;
    },
    merged() {
      merged++;
    },
    storm(scope) {
      storms[scope]++;
    },
    watch(active) {
      meter
        .createObservableGauge(`${name}_cache_storms_active`, { description: 'Storms that go on' })
        .addCallback((result) => {
          const { tag, tenant } = active();
          result.observe(tag, { scope: 'tag' });
          result.observe(tenant, { scope: 'tenant' });
        });
    },
  };
}
