import { compare } from '@tradewind/outbox/parity.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
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
): Promise<boolean> {
  let equal = true;
  for (const projection of projections.filter(({ parity }) => parity !== undefined)) {
    const [live] = await systemDb.transaction('', (tx) =>
      tx.query<{ version: number }>(`select version from projections where name = $1 and state = 'live'`, [
        projection.name,
      ]),
    );
    if (live === undefined) throw new Error(`${projection.name} has no live version`);
    const { rows, mismatches } = await compare({ projection, systemDb }, live.version);
    equal &&= mismatches.length === 0;
    print({
      ...{ projection: projection.name, version: live.version, rows, differences: mismatches.length },
      mismatches: mismatches.slice(0, TOLD),
    });
  }
  return equal;
}
