import { describe, expect, it } from 'vitest';
import { progressOf } from './watermark.ts';

describe('the watermark over all partitions', () => {
  it('is the time of asking where all is read', () =>
    expect(progressOf([{ next: 5n, end: 5n, watermark: 100 }], 1_000)).toEqual({
      watermark: 1_000,
      lag: 0n,
    }));

  it('is that of the slowest one that has more to tell', () =>
    expect(
      progressOf(
        [
          { next: 5n, end: 9n, watermark: 700 },
          { next: 1n, end: 2n, watermark: 300 },
          { next: 8n, end: 8n, watermark: 10 },
        ],
        1_000,
      ),
    ).toEqual({ watermark: 300, lag: 5n }));

  it('is not held back by a partition that never had an event', () =>
    expect(progressOf([{ next: 0n, end: 0n, watermark: 0 }], 1_000).watermark).toBe(1_000));

  it('knows nothing before an unread partition has told of a time', () =>
    expect(progressOf([{ next: 0n, end: 1n, watermark: 0 }], 1_000).watermark).toBe(0));
});
