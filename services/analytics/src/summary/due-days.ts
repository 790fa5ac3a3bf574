import { DAY_MS } from '#windows/window.ts';

/** How often the facts of a tenant's day have changed. */
export interface DayChanges {
  readonly storeId: string;
  /** Begin of the day, epoch ms. */
  readonly day: number;
  readonly changes: bigint;
}

export interface DueDay extends DayChanges {
  /** False where the day has no summary yet. */
  readonly again: boolean;
}

/** A day of a tenant, as one name. */
export const dayName = (storeId: string, day: number): string => `${day} ${storeId}`;

/**
 * The days that want a summary: of each tenant every day since its first, quiet ones too, that is over by the clock and by
 * the watermark of the input; and days whose facts have changed since. Oldest first.
 */
export function dueDays(
  days: readonly DayChanges[],
  /** Changes that each existing summary has seen, by `dayName`. */
  made: ReadonlyMap<string, bigint>,
  {
    now,
    watermark,
    latenessMs,
  }: { readonly now: number; readonly watermark: number; readonly latenessMs: number },
): DueDay[] {
  const closed = Math.min(now, watermark - latenessMs);
  const first = new Map<string, number>();
  const changes = new Map<string, bigint>();
  for (const { storeId, day, changes: count } of days) {
    first.set(storeId, Math.min(first.get(storeId) ?? day, day));
    changes.set(dayName(storeId, day), count);
  }
  const due: DueDay[] = [];
  for (const [storeId, begin] of first) {
    for (let day = begin; day + DAY_MS <= closed; day += DAY_MS) {
      const count = changes.get(dayName(storeId, day)) ?? 0n;
      const seen = made.get(dayName(storeId, day));
      if (seen !== count) due.push({ storeId, day, changes: count, again: seen !== undefined });
    }
  }
  return due.sort((a, b) => a.day - b.day || (a.storeId < b.storeId ? -1 : 1));
}
