import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Checkpoint } from './checkpoints.ts';

/** The part of a partition that a replay reads: `start` <= offset < `end`. */
export interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly start: bigint;
  readonly end: bigint;
}

/** Start of reading: epoch ms, or offsets by `topic partition`; everything where left out. */
export type From = number | ReadonlyMap<string, bigint>;

/** Pins what there is to read of each partition, up to the end offsets seen now. */
export async function pinRanges(log: BrokerLog, topics: readonly string[], from?: From): Promise<Range[]> {
  const perTopic = topics.map(async (topic) => {
    const [starts, ends] = await Promise.all([startsOf(log, topic, from), log.endOffsets(topic)]);
    return [...ends]
      .sort(([a], [b]) => a - b)
      .map(([partition, end]) => {
        const start = starts.get(partition) ?? 0n;
        return { topic, partition, start: start < end ? start : end, end };
      });
  });
  return (await Promise.all(perTopic)).flat();
}

async function startsOf(log: BrokerLog, topic: string, from?: From): Promise<Map<number, bigint>> {
  if (typeof from === 'number') return log.offsetsAt(topic, from);
  const starts = await log.beginningOffsets(topic);
  for (const [partition, low] of starts) starts.set(partition, from?.get(`${topic} ${partition}`) ?? low);
  return starts;
}

/** @throws DomainError OFFSETS_WRONG for a partition or an offset that the topics don't have */
export async function checkOffsets(
  log: BrokerLog,
  topics: readonly string[],
  from: ReadonlyMap<string, bigint>,
): Promise<void> {
  const known = new Map<string, bigint>();
  for (const topic of topics)
    for (const [partition, end] of await log.endOffsets(topic)) known.set(`${topic} ${partition}`, end);
  for (const [place, offset] of from) {
    const end = known.get(place);
    const wrong =
      end === undefined
        ? `it is not fed by ${place}`
        : offset > end
          ? `${place} ends at ${end}, before ${offset}`
          : undefined;
    if (wrong !== undefined) throw new DomainError('OFFSETS_WRONG', 'invalid', wrong);
  }
}

/** How far a version has come. */
export async function checkpointsOf(db: Database, name: string, version: number): Promise<Checkpoint[]> {
  return db.transaction('', (tx) =>
    tx.query<Checkpoint>(
      `select topic, partition, next_offset as next from projection_checkpoints
       where projection = $1 and version = $2 order by topic, partition`,
      [name, version],
    ),
  );
}

/** Pure: what is still to be read of the ranges. */
export function restOf(ranges: readonly Range[], reached: readonly Checkpoint[]): Range[] {
  const next = new Map(reached.map((one) => [`${one.topic} ${one.partition}`, one.next]));
  return ranges.flatMap((range) => {
    const at = next.get(`${range.topic} ${range.partition}`) ?? 0n;
    const start = at > range.start ? at : range.start;
    return start < range.end ? [{ ...range, start }] : [];
  });
}

/** Pure. */
export const countOf = (ranges: readonly Range[]): bigint =>
  ranges.reduce((sum, { start, end }) => sum + (end - start), 0n);
