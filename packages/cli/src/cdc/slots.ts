import pg from 'pg';

/** A replication slot as PostgreSQL shows it. Sizes in bytes. */
export interface Slot {
  readonly name: string;
  readonly database: string;
  /** Somebody reads from it. */
  readonly active: boolean;
  /** `lost`: PostgreSQL has removed what it would have had to read. */
  readonly state: 'reserved' | 'extended' | 'unreserved' | 'lost' | null;
  /** What was written since the reader's last confirmed position. */
  readonly lagBytes: number;
  /** What PostgreSQL keeps on disk for it. */
  readonly retainedBytes: number;
  /** Confirmed position, as a number. */
  readonly confirmed: bigint;
}

const select = `
  select slot_name as name, database, active, wal_status as state,
    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::float8 as "lagBytes",
    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 as "retainedBytes",
    coalesce(pg_wal_lsn_diff(confirmed_flush_lsn, '0/0'), 0)::text as confirmed
  from pg_replication_slots where slot_type = 'logical'`;

/** What the server's administrator sees and does about slots. */
export interface Slots {
  all(): Promise<Map<string, Slot>>;
  /** One that is not there is fine. Throws where somebody reads from it. */
  drop(name: string): Promise<void>;
  close(): Promise<void>;
}

/** @param adminUrl of a superuser, as in endpoints.json */
export async function openSlots(adminUrl: string): Promise<Slots> {
  const client = new pg.Client({ connectionString: adminUrl, application_name: 'tw cdc' });
  await client.connect();
  return {
    async all() {
      const { rows } = await client.query<Omit<Slot, 'confirmed'> & { confirmed: string }>(select);
      return new Map(rows.map((row) => [row.name, { ...row, confirmed: BigInt(row.confirmed) }]));
    },
    async drop(name) {
      await client.query(
        'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1',
        [name],
      );
    },
    close: () => client.end(),
  };
}
