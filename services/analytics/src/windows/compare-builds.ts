import type { Database } from '@tradewind/postgres/database.ts';

export interface Difference {
  readonly storeId: string;
  readonly key: string;
  readonly source: string | undefined;
  readonly projection: string | undefined;
}

export interface Compared {
  readonly rows: number;
  /** Digest of all windows of the build, independent of their order. */
  readonly digest: string;
  readonly mismatches: readonly Difference[];
}

/** The live build goes on meanwhile, and the new one trails by milliseconds: what differs must still do so at every look. */
const ROUNDS = 20;
const PAUSE_MS = 300;
const MOST = 10_000;

const windowsOf = (build: string): string => `
  select store_id, concat_ws(' ', size, to_char(start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI'), currency) as key,
    concat_ws(' ', sum(gross_minor), sum(refunded_minor), sum(orders), sum(refunds), sum(canceled)) as digest
  from window_revenue where build = ${build} group by store_id, size, start, currency`;

const differences = `
  select coalesce(s.store_id, p.store_id) as "storeId", coalesce(s.key, p.key) as key,
    s.digest as source, p.digest as projection
  from (${windowsOf(`(select version from projections where name = $1 and state = 'live')`)}) s
  full join (${windowsOf('$2')}) p on s.store_id = p.store_id and s.key = p.key
  where s.digest is distinct from p.digest order by 1, 2 limit ${MOST}`;

const summary = `
  select count(*) as rows, to_hex(bit_xor(hashtextextended(store_id || ' ' || key || ' ' || digest, 0))) as digest
  from (${windowsOf('$1')}) w`;

/** What a build says otherwise than the live one. */
export async function compareBuilds(db: Database, projection: string, build: number): Promise<Compared> {
  type Row = { storeId: string; key: string; source: string | null; projection: string | null };
  const look = () => db.transaction('', (tx) => tx.query<Row>(differences, [projection, build]));
  const name = ({ storeId, key }: Row) => `${storeId} ${key}`;
  let open = await look();
  for (let round = 1; open.length > 0 && round < ROUNDS; round++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const still = new Set((await look()).map(name));
    open = open.filter((row) => still.has(name(row)));
  }
  const [sum] = await db.transaction('', (tx) =>
    tx.query<{ rows: bigint; digest: string | null }>(summary, [build]),
  );
  return {
    rows: Number(sum?.rows ?? 0n),
    digest: sum?.digest ?? '',
    mismatches: open.map(({ source, projection: mine, ...row }) => ({
      ...row,
      source: source ?? undefined,
      projection: mine ?? undefined,
    })),
  };
}

// One statement, one snapshot: the windows go on meanwhile, but each transaction writes both.
const sizes = `
  with live as (select version from projections where name = $1 and state = 'live')
  select k.store_id as "storeId", w.size as key, k.told as source, w.told as projection
  from (
    select store_id, concat_ws(' ', sum(captured_minor), sum(refunded_minor)) as told
    from window_keys where build = (select version from live) group by store_id) k
  join (
    select store_id, size, concat_ws(' ', sum(gross_minor), sum(refunded_minor)) as told
    from window_revenue where build = (select version from live) group by store_id, size) w on w.store_id = k.store_id
  where k.told <> w.told order by 1, 2`;

/** Where the windows of one size hold other amounts than the orders that they were summed from. */
export const keysAgree = (db: Database, projection: string): Promise<readonly Difference[]> =>
  db.transaction('', (tx) => tx.query<Difference>(sizes, [projection]));
