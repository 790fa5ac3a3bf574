/** How far one partition of an input has come. */
export interface PartitionProgress {
  readonly next: bigint;
  /** Where the partition ended when it was asked; what is after that is not known. */
  readonly end: bigint;
  /** The latest time among what was read, epoch ms; 0 where nothing was. */
  readonly watermark: number;
}

export interface Progress {
  /** Every event from before this time that was published has been read; epoch ms. */
  readonly watermark: number;
  /** Events that are stored and not read. */
  readonly lag: bigint;
}

/**
 * The watermark over all partitions is the one of the slowest. A partition that was read to its end has nothing older to
 * tell than the moment at which the end was asked for, so one without traffic holds back nobody.
 */
export function progressOf(partitions: readonly PartitionProgress[], askedAt: number): Progress {
  let watermark = askedAt;
  let lag = 0n;
  for (const { next, end, watermark: seen } of partitions) {
    if (next >= end) continue;
    lag += end - next;
    watermark = Math.min(watermark, seen);
  }
  return { watermark, lag };
}
