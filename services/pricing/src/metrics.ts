import { metrics } from '@opentelemetry/api';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { RuleCacheCounts } from '#rules/compiled-rules.ts';

export interface PricingMetrics {
  /** Times a request and counts how it ended; passes it on as it is. */
  resolved<T>(work: () => Promise<T>): Promise<T>;
  readonly rules: RuleCacheCounts;
  /** Started, changed or ended, and how long after its time. */
  sale(what: 'started' | 'ended', lateMs: number): void;
}

export function pricingMetrics(): PricingMetrics {
  const meter = metrics.getMeter('tradewind.pricing');
  const latency = meter.createHistogram('pricing_resolve_latency_ms', {
    description: 'Time to price a request',
    unit: 'ms',
    advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000] },
  });
  const refused = meter.createCounter('pricing_refusals_total', { description: 'Requests refused, by code' });
  refused.add(0, { code: 'CODE_NOT_APPLICABLE' });
  const hits = meter.createCounter('pricing_rule_cache_hits_total', {
    description: 'Batches priced with rules that were compiled already',
  });
  const compilations = meter.createHistogram('pricing_compile_ms', {
    description: "Time to compile a tenant's rules",
    unit: 'ms',
    advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 50, 100, 500] },
  });
  const late = meter.createHistogram('pricing_flash_sale_late_ms', {
    description: 'How long after its time a flash sale began or ended',
    unit: 'ms',
    advice: { explicitBucketBoundaries: [50, 100, 250, 500, 1_000, 2_000, 10_000] },
  });
  return {
    async resolved(work) {
      const started = performance.now();
      try {
        return await work();
      } catch (error) {
        refused.add(1, { code: isDomainError(error) ? error.code : 'INTERNAL' });
        throw error;
      } finally {
        latency.record(performance.now() - started);
      }
    },
    rules: {
      hit: () => hits.add(1),
      compiled: (_rules, ms) => compilations.record(ms),
    },
    sale: (what, lateMs) => late.record(lateMs, { what }),
  };
}
