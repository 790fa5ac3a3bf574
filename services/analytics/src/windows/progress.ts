import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { type Progress, progressOf } from '#watermark.ts';

export interface WindowsProgress extends Periodic {
  /** Of the live build, as it was at the last look; undefined before the first. */
  readonly now: Progress | undefined;
}

const LOOK_MS = 500;

const positions = `
  select c.topic, c.partition, c.next_offset as next, w.watermark
  from projection_checkpoints c
  join projections p on p.name = c.projection and p.version = c.version and p.state = 'live'
  left join window_watermarks w on w.build = c.version and w.topic = c.topic and w.partition = c.partition
  where c.projection = $1`;

/** Looks by itself how far the windows are, whichever instances feed them. */
export function windowsProgress(
  { name, topics }: Projection,
  db: Database,
  broker: BrokerLog,
  log: Log,
): WindowsProgress {
  let now: Progress | undefined;

  async function look(): Promise<void> {
    const askedAt = Date.now();
    const ends = await Promise.all(
      topics.map(async (topic) => ({ topic, ends: await broker.endOffsets(topic) })),
    );
    // Read after the ends: what was the end then has been applied by now, or has not.
    type Row = { topic: string; partition: number; next: bigint; watermark: Date | null };
    const rows = await db.transaction('', (tx) => tx.query<Row>(positions, [name]));
    const read = new Map(rows.map((row) => [`${row.topic} ${row.partition}`, row]));
    now = progressOf(
      ends.flatMap(({ topic, ends: ofTopic }) =>
        [...ofTopic].map(([partition, end]) => {
          const row = read.get(`${topic} ${partition}`);
          return { end, next: row?.next ?? 0n, watermark: row?.watermark?.getTime() ?? 0 };
        }),
      ),
      askedAt,
    );
  }

  return {
    ...periodically({ name: 'watermark', everyMs: LOOK_MS, round: look, log, atOnce: true }),
    get now() {
      return now;
    },
  };
}
