import type { Log } from '@tradewind/outbox/logger.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { OwnedStar } from '#star/owner.ts';
import { dayName, dueDays } from './due-days.ts';
import { madeSummaries, saveSummary } from './rows.ts';
import { summarize } from './summarize.ts';

export interface SummaryJobOptions {
  /** The star schema, in the one instance that has it. */
  readonly owned: () => OwnedStar | undefined;
  readonly db: Database;
  /** Sees every tenant. */
  readonly systemDb: Database;
  /** Epoch ms. */
  readonly clock: () => number;
  readonly latenessMs: number;
  readonly everyMs: number;
  readonly log: Log;
  onMade?(made: {
    readonly storeId: string;
    readonly day: number;
    readonly again: boolean;
    readonly at: number;
  }): void;
}

export interface SummaryJob extends Periodic {
  /** Makes all that is due; answers how many revisions that were. */
  run(stopping?: () => boolean): Promise<number>;
}

const changesByDay = `
  select store_id as "storeId", epoch_ms(happened_on::timestamp)::double as day, changes from day_changes`;

/** Makes the summary of each tenant's day once it is over, of days that were missed, and of those whose facts have changed. */
export function summaryJob(options: SummaryJobOptions): SummaryJob {
  const { owned, db, systemDb, clock, latenessMs, log } = options;

  async function run(stopping: () => boolean = () => false): Promise<number> {
    const mine = owned();
    if (!mine) return 0;
    const { watermark } = await mine.progress();
    type Row = { storeId: string; day: number; changes: bigint };
    const days = await mine.star.read<Row>(changesByDay);
    const made = new Map(
      (await madeSummaries(systemDb)).map(({ storeId, day, changes }) => [
        dayName(storeId, Number(day)),
        changes,
      ]),
    );
    let revisions = 0;
    for (const { storeId, day, changes, again } of dueDays(days, made, {
      now: clock(),
      watermark,
      latenessMs,
    })) {
      if (stopping() || owned() !== mine) break;
      const date = new Date(day).toISOString().slice(0, 10);
      const { summary, digest } = await summarize(mine.star, storeId, date);
      const at = clock();
      const computed = { summary, digest, changes, watermark: new Date(watermark), at: new Date(at) };
      const isNews = await db.transaction(storeId, (tx) => saveSummary(tx, date, computed));
      if (!isNews) continue;
      revisions++;
      options.onMade?.({ storeId, day, again, at });
      log.info({ storeId, date, again }, 'sales summary made');
    }
    return revisions;
  }

  return { ...periodically({ name: 'sales summaries', everyMs: options.everyMs, round: run, log }), run };
}
