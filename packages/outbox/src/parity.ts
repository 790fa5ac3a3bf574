import type { Database } from '@tradewind/postgres/database.ts';
import type { Projection } from './projection.ts';
import { tableOf } from './projection-table.ts';

/** A row that the projection and its source tell differently; undefined = the row is missing on that side. */
export interface Mismatch {
  readonly storeId: string;
  readonly key: string;
  readonly source: string | undefined;
  readonly projection: string | undefined;
}

export interface Parity {
  readonly rows: number;
  /** Digest of all rows of the projection, independent of their order. */
  readonly digest: string;
  readonly mismatches: readonly Mismatch[];
}

/** Rows looked at; more differences than this are told as this many. */
const MAX_DIFFERENCES = 100_000;
const ROUNDS = 20;
const PAUSE_MS = 300;

/**
 * Compares a version of a projection with the write model it is built from. Both go on changing meanwhile and the
 * projection trails by milliseconds, so a difference counts only if the same row still differs in every one of several
 * looks; without traffic the first look is final.
 */
export async function compare(
  options: { readonly projection: Projection; readonly systemDb: Database },
  version: number,
): Promise<Parity> {
  const { projection, systemDb } = options;
  const table = tableOf(projection.name, version);
  const { parity, key } = projection;
  if (!parity) {
    const [count] = await query<{ rows: bigint }>(systemDb, `select count(*) as rows from ${table}`);
    return { rows: Number(count?.rows ?? 0n), digest: '', mismatches: [] };
  }
  const mine = `select store_id, ${key}::text as key, (${parity.digest})::text as digest from ${table} p`;
  const differences = `
    select coalesce(s.store_id, p.store_id) as "storeId", coalesce(s.key, p.key) as key,
      s.digest as source, p.digest as projection
    from (${parity.source}) s full join (${mine}) p on s.store_id = p.store_id and s.key = p.key
    where s.digest is distinct from p.digest order by 1, 2 limit ${MAX_DIFFERENCES}`;
  type Row = { storeId: string; key: string; source: string | null; projection: string | null };
  const name = (row: Row) => `${row.storeId} ${row.key}`;

  let open: Row[] = await query<Row>(systemDb, differences);
  for (let round = 1; open.length > 0 && round < ROUNDS; round++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const still = new Set((await query<Row>(systemDb, differences)).map(name));
    open = open.filter((row) => still.has(name(row)));
  }
  const [sum] = await query<{ rows: bigint; digest: string | null }>(
    systemDb,
    `select count(*) as rows, to_hex(bit_xor(hashtextextended(store_id || ' ' || key || ' ' || digest, 0))) as digest
     from (${mine}) m`,
  );
  return {
    rows: Number(sum?.rows ?? 0n),
    digest: sum?.digest ?? '',
    mismatches: open.map((row) => ({
      storeId: row.storeId,
      key: row.key,
      source: row.source ?? undefined,
      projection: row.projection ?? undefined,
    })),
  };
}

function query<Row extends object>(db: Database, text: string): Promise<Row[]> {
  return db.transaction('', (tx) => tx.execute<Row>(text));
}
