import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('answers as soon as the assertion holds', async () => {
    let tries = 0;
    const value = await eventually(
      () => {
        if (++tries < 3) throw new Error('not yet');
        return tries;
      },
      { every: 1 },
    );
    expect(value).toBe(3);
  });

  it('reports the last failure and how long it was waited for', async () => {
    let tries = 0;
    const attempt = eventually(
      () => {
        throw new Error(`failure ${++tries}`);
      },
      { within: 20, every: 1 },
    );
    await expect(attempt).rejects.toThrow(/failure \d+\ndid not hold within 20 ms \(\d+ tries\)/);
    await expect(attempt).rejects.toThrow(`failure ${tries}`);
  });
});
