import { metrics } from '@opentelemetry/api';
import type { ProjectionStore } from '@tradewind/outbox/projection-store.ts';

const meter = metrics.getMeter('tradewind.projection-stores');
const duration = meter.createHistogram('projection_store_ms', {
  description: 'How long a store took to read or write the rows of a batch',
});
const rows = meter.createCounter('projection_store_rows_total', {
  description: 'Rows of projections that were read from a store or written to it',
});

/** The same store; what the projector asks of it is measured. */
export function measured<S extends ProjectionStore>(store: S): S {
  async function note<T>(
    operation: 'load' | 'save',
    count: number,
    name: string,
    work: Promise<T>,
  ): Promise<T> {
    const labels = { store: store.kind, operation, projection: name };
    const started = performance.now();
    const result = await work;
    duration.record(performance.now() - started, labels);
    rows.add(count, labels);
    return result;
  }
  return {
    ...store,
    rows(projection, version) {
      const inner = store.rows(projection, version);
      return {
        ...inner,
        load: (tx, wanted) => note('load', wanted.size, projection.name, inner.load(tx, wanted)),
        save: (tx, changes) => note('save', changes.length, projection.name, inner.save(tx, changes)),
      };
    },
  };
}
