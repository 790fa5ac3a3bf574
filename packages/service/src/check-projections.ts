import { liveVersion } from '@tradewind/outbox/live-version.ts';
import { compare } from '@tradewind/outbox/parity.ts';
import { onlyPostgres } from '@tradewind/outbox/postgres-store.ts';
import { isSummed, type Projection } from '@tradewind/outbox/projection.ts';
import type { ProjectionStores } from '@tradewind/outbox/projection-store.ts';
import type { Database } from '@tradewind/postgres/database.ts';

/** Differences that are told in full; the rest only counts. */
const TOLD = 20;

/**
 * Compares the live version of each projection that has a source with that source, and changes nothing. Answers whether
 * all are equal; one JSON line each goes to `print`.
 */
export async function checkProjections(
  projections: readonly Projection[],
  systemDb: Database,
  print: (line: object) => void,
  stores: ProjectionStores = onlyPostgres({ systemDb }),
): Promise<boolean> {
  let equal = true;
  for (const projection of projections.filter(({ parity }) => parity !== undefined)) {
    const live = await liveVersion(systemDb, projection.name);
    const store = await stores.open(live.store);
    const { rows, mismatches } = isSummed(projection)
      ? { rows: undefined, mismatches: await projection.contradictions(systemDb) }
      : await compare({ projection, systemDb, store, stores }, live.version);
    equal &&= mismatches.length === 0;
    print({
      ...{ projection: projection.name, version: live.version, rows, differences: mismatches.length },
      mismatches: mismatches.slice(0, TOLD),
    });
  }
  return equal;
}
