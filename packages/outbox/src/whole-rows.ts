import { isSummed, type Projection } from './projection.ts';
import type { ProjectionStore, StoredRow } from './projection-store.ts';

/** Every row that readers may see, of every tenant, in batches and in no order. */
export async function* wholeRows(
  store: Pick<ProjectionStore, 'scan'>,
  projection: Projection,
  version: number,
): AsyncIterable<readonly StoredRow[]> {
  const isWhole = isSummed(projection) ? undefined : projection.isWhole;
  for await (const batch of store.scan(projection, version))
    yield isWhole === undefined ? batch : batch.filter((row) => isWhole(row));
}
