import { metrics } from '@opentelemetry/api';

export type Tier = 'near' | 'shared';

/** Counts of product reads by where they were answered; plain numbers, read when metrics are scraped. */
export interface CacheCounts {
  hit(tier: Tier): void;
  miss(): void;
  readonly ratio: number;
}

export function countCacheReads(): CacheCounts {
  const hits: Record<Tier, number> = { near: 0, shared: 0 };
  let misses = 0;
  const ratio = (): number => {
    const found = hits.near + hits.shared;
    return found + misses === 0 ? 0 : found / (found + misses);
  };
  const meter = metrics.getMeter('tradewind.product');
  meter
    .createObservableCounter('product_cache_hits_total', {
      description: 'Product reads answered from a cache',
    })
    .addCallback((result) => {
      result.observe(hits.near, { tier: 'near' });
      result.observe(hits.shared, { tier: 'shared' });
    });
  meter
    .createObservableCounter('product_cache_misses_total', {
      description: 'Product reads that went to the database',
    })
    .addCallback((result) => result.observe(misses));
  meter
    .createObservableGauge('product_cache_hit_ratio', {
      description: 'Share of product reads answered from a cache',
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
