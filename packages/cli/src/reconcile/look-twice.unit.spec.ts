import { describe, expect, it } from 'vitest';
import type { Invariant } from './invariant.ts';
import { lookTwice } from './look-twice.ts';
import type { RunningStack } from './running-stack.ts';

/** Finds another list of subjects broken at each look. */
const finding = (...looks: string[][]): Invariant => ({
  ...{ id: 'I1', title: 'is so' },
  check: async () => (looks.shift() ?? []).map((subject) => ({ subject, what: 'is not' })),
});
const stack = { close: async () => undefined } as RunningStack;

async function looked(invariant: Invariant) {
  let again = 0;
  const violations = await lookTwice(invariant, stack, async () => {
    again++;
    return stack;
  });
  return { again, subjects: violations.map(({ subject }) => subject) };
}

describe('a rule', () => {
  it('that holds is looked at once', async () =>
    expect(await looked(finding([]))).toEqual({ again: 0, subjects: [] }));

  it('is broken by what breaks it both times', async () =>
    expect(await looked(finding(['A', 'B'], ['B', 'C']))).toEqual({ again: 1, subjects: ['B'] }));

  it('is not by what was only on its way', async () =>
    expect(await looked(finding(['A'], []))).toEqual({ again: 1, subjects: [] }));
});
