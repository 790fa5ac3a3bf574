import type { Invariant, Violation } from './invariant.ts';

export interface Outcome {
  readonly id: string;
  readonly title: string;
  readonly seconds: number;
  readonly violations: readonly Violation[];
}

const SHOWN = 20;

export async function checkAll(
  invariants: readonly Invariant[],
  check: (invariant: Invariant) => Promise<Violation[]>,
  each: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const invariant of invariants) {
    const began = performance.now();
    const violations = await check(invariant);
    const { id, title } = invariant;
    const outcome = { id, title, seconds: (performance.now() - began) / 1_000, violations };
    outcomes.push(outcome);
    each(outcome);
  }
  return outcomes;
}

/** One line, and below it the first of what is broken. Pure. */
export function describeOutcome({ id, title, seconds, violations }: Outcome): string {
  const state = violations.length === 0 ? 'ok' : `BROKEN (${violations.length})`;
  const head = `${id.padEnd(4)} ${state.padEnd(12)} ${seconds.toFixed(1).padStart(5)} s  ${title}`;
  const shown = violations.slice(0, SHOWN);
  const width = Math.min(Math.max(0, ...shown.map(({ subject }) => subject.length)), 60);
  const rows = shown.map(({ subject, what }) => `       ${subject.padEnd(width)}  ${what}`);
  const more = violations.length > SHOWN ? [`       and ${violations.length - SHOWN} more`] : [];
  return [head, ...rows, ...more].join('\n');
}
