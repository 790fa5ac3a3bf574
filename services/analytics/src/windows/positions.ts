import {
  lockCheckpoints,
  placeName,
  saveCheckpoints,
  type StoredCheckpoint,
} from '@tradewind/outbox/checkpoints.ts';
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

const watermarks = `
  select w.topic, w.partition, w.watermark from window_watermarks w
  join json_to_recordset($2) as r (topic text, partition int) on w.topic = r.topic and w.partition = r.partition
  where w.build = $1`;

/** Locks the positions of these partitions until the end of the transaction. */
export async function lockPositions(
  tx: Transaction,
  projection: string,
  build: number,
  places: readonly Place[],
): Promise<Map<string, Position>> {
  const next = await lockCheckpoints(tx, projection, build, places);
  const rows = await tx.query<Place & { watermark: Date }>(watermarks, [
    build,
    JSON.stringify(places.map(({ topic, partition }) => ({ topic, partition }))),
  ]);
  const reached = new Map(rows.map((row) => [placeName(row), row.watermark.getTime()]));
  return new Map(
    places.map(({ topic, partition }) => {
      const place = placeName({ topic, partition });
      return [
        place,
        { topic, partition, next: next.get(place) ?? 0n, watermark: reached.get(place) ?? 0 },
      ] as const;
    }),
  );
}

const move = `
  insert into window_watermarks as w (build, topic, partition, watermark, late)
  select $1, topic, partition, watermark, late
  from json_to_recordset($2) as r (topic text, partition int, watermark timestamptz, late bigint)
  on conflict (build, topic, partition) do update set watermark = excluded.watermark, late = w.late + excluded.late`;

export interface Reached extends Position {
  /** Late events among those that were applied. */
  readonly late: number;
}

/** To be called with the positions locked. Answers the checkpoints as they are stored. */
export async function savePositions(
  tx: Transaction,
  projection: string,
  build: number,
  reached: readonly Reached[],
): Promise<StoredCheckpoint[]> {
  const rows = reached.map(({ topic, partition, watermark, late }) => ({
    ...{ topic, partition, late },
    watermark: new Date(watermark),
  }));
  await tx.query(move, [build, JSON.stringify(rows)]);
  return saveCheckpoints(
    tx,
    projection,
    build,
    reached.map(({ topic, partition, next }) => ({ topic, partition, next })),
  );
}
