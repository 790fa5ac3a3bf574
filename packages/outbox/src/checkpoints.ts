import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** A partition, and the offset that its next event has. */
export interface Checkpoint {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint;
}

/** As JSON has it, whose numbers are too small for offsets. */
export interface StoredCheckpoint extends Place {
  readonly next: string;
}

type Place = Omit<Checkpoint, 'next'>;

const read = `
  select c.topic, c.partition, c.next_offset as next
  from projection_checkpoints c join json_to_recordset($3) as r (topic text, partition int)
    on c.topic = r.topic and c.partition = r.partition
  where c.projection = $1 and c.version = $2 order by c.topic, c.partition for update of c`;

const advance = `
  insert into projection_checkpoints (projection, version, topic, partition, next_offset)
  select $1, $2, topic, partition, next from json_to_recordset($3) as r (topic text, partition int, next bigint)
  on conflict (projection, version, topic, partition) do update
    set next_offset = greatest(projection_checkpoints.next_offset, excluded.next_offset),
      applied_at = clock_timestamp()`;

// Makes a partition's row at its first batch: only what exists can be locked against a second process.
const begin = `
  insert into projection_checkpoints (projection, version, topic, partition, next_offset)
  select distinct $1, $2::int, topic, partition, 0 from json_to_recordset($3) as r (topic text, partition int)
  order by topic, partition on conflict do nothing`;

export const placeName = ({ topic, partition }: Place): string => `${topic} ${partition}`;

/** How far these partitions have been applied, by name; nobody else applies them until the transaction ends. */
export async function lockCheckpoints(
  tx: Transaction,
  projection: string,
  version: number,
  places: readonly Place[],
): Promise<ReadonlyMap<string, bigint>> {
  const wanted = JSON.stringify(places.map(({ topic, partition }) => ({ topic, partition })));
  const values = [projection, version, wanted];
  let rows = await tx.query<Checkpoint>(read, values);
  if (rows.length < new Set(places.map(placeName)).size) {
    await tx.query(begin, values);
    rows = await tx.query<Checkpoint>(read, values);
  }
  return new Map(rows.map((row) => [placeName(row), row.next]));
}

/**
 * Answers what was stored, each partition once.
 * @param reached may hold the same partition several times
 */
export async function saveCheckpoints(
  tx: Transaction,
  projection: string,
  version: number,
  reached: readonly Checkpoint[],
): Promise<StoredCheckpoint[]> {
  const best = new Map<string, Checkpoint>();
  for (const place of reached) {
    const known = best.get(placeName(place));
    if (!known || known.next < place.next) best.set(placeName(place), place);
  }
  const rows = [...best.values()].map((place) => ({ ...place, next: String(place.next) }));
  await tx.query(advance, [projection, version, JSON.stringify(rows)]);
  return rows;
}
