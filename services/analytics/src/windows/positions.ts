import type { Transaction } from '@tradewind/postgres/transaction.ts';

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

export interface Position extends Place {
  /** The next offset to apply. */
  readonly next: bigint;
  /** Epoch ms; 0 before the first event. */
  readonly watermark: number;
}

/** Whose rows a partition sums into: no two topics share a number. */
export const shardOf = ({ topic, partition }: Place): number =>
  topic === 'ecommerce.order.order' ? partition : 1_000 + partition;

export const placeName = ({ topic, partition }: Place): string => `${topic} ${partition}`;

const lock = `
  select c.topic, c.partition, c.next_offset as next, w.watermark
  from projection_checkpoints c
  join json_to_recordset($3) as r (topic text, partition int) on c.topic = r.topic and c.partition = r.partition
  left join window_watermarks w on w.build = c.version and w.topic = c.topic and w.partition = c.partition
  where c.projection = $1 and c.version = $2 order by c.topic, c.partition for update of c`;

// Makes a partition's row at its first batch: only what exists can be locked against a second process.
const begin = `
  insert into projection_checkpoints (projection, version, topic, partition, next_offset)
  select distinct $1, $2::int, topic, partition, 0 from json_to_recordset($3) as r (topic text, partition int)
  order by topic, partition on conflict do nothing`;

/** Locks the positions of these partitions until the end of the transaction. */
export async function lockPositions(
  tx: Transaction,
  projection: string,
  build: number,
  places: readonly Place[],
): Promise<Map<string, Position>> {
  const values = [projection, build, JSON.stringify(places)];
  type Row = Omit<Position, 'watermark'> & { watermark: Date | null };
  let rows = await tx.query<Row>(lock, values);
  if (rows.length < places.length) {
    await tx.query(begin, values);
    rows = await tx.query<Row>(lock, values);
  }
  return new Map(rows.map((row) => [placeName(row), { ...row, watermark: row.watermark?.getTime() ?? 0 }]));
}

const advance = `
  update projection_checkpoints c set next_offset = r.next, applied_at = clock_timestamp()
  from json_to_recordset($3) as r (topic text, partition int, next bigint)
  where c.projection = $1 and c.version = $2 and c.topic = r.topic and c.partition = r.partition`;

const move = `
  insert into window_watermarks as w (build, topic, partition, watermark, late)
  select $1, topic, partition, watermark, late
  from json_to_recordset($2) as r (topic text, partition int, watermark timestamptz, late bigint)
  on conflict (build, topic, partition) do update set watermark = excluded.watermark, late = w.late + excluded.late`;

export interface Reached extends Position {
  /** Late events among those that were applied. */
  readonly late: number;
}

/** To be called with the positions locked. */
export async function savePositions(
  tx: Transaction,
  projection: string,
  build: number,
  reached: readonly Reached[],
): Promise<void> {
  const rows = reached.map(({ topic, partition, next, watermark, late }) => ({
    ...{ topic, partition, late },
    next: String(next),
    watermark: new Date(watermark),
  }));
  await tx.query(advance, [projection, build, JSON.stringify(rows)]);
  await tx.query(move, [build, JSON.stringify(rows)]);
}
