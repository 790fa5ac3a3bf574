import type { Broken } from './checks.ts';

export interface Verdict {
  readonly scenario: string;
  readonly seed: number;
  readonly outcome: 'ok' | 'violated' | 'void';
  /** Runs the same again. */
  readonly replay: string;
  readonly seconds: number;
  readonly clients: number;
  readonly acknowledged: {
    readonly orders: number;
    readonly payments: number;
    readonly cancellations: number;
  };
  /** What was done to the stack, counted. */
  readonly faults: Readonly<Record<string, number>>;
  /** Figures of the scenario's own. */
  readonly observed: Readonly<Record<string, string | number>>;
  /** Answers that clients got, counted. */
  readonly answers: Readonly<Record<string, number>>;
  /** Why the run proves nothing, where it doesn't. */
  readonly void: readonly string[];
  readonly violations: readonly Broken[];
  readonly files: string;
}

/** A violation counts however little happened; without one, too little makes the run void. */
export function outcomeOf(violations: readonly Broken[], missing: readonly string[]): Verdict['outcome'] {
  if (violations.length > 0) return 'violated';
  return missing.length > 0 ? 'void' : 'ok';
}

export const exitCodes = { ok: 0, violated: 1, void: 2 } as const;

/** Names with fewer than there must be. */
export function tooFew(
  counts: Readonly<Record<string, number>>,
  least: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(least)
    .filter(([name, wanted]) => (counts[name] ?? 0) < wanted)
    .map(([name, wanted]) => `${name}: ${counts[name] ?? 0}, at least ${wanted} are needed`);
}

const SHOWN = 20;

export function describeVerdict(verdict: Verdict): string {
  const { acknowledged, faults, observed, violations } = verdict;
  const list = (values: object): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  return [
    `${verdict.scenario}, seed ${verdict.seed}: ${verdict.outcome.toUpperCase()}`,
    `  acknowledged  ${list(acknowledged)}`,
    `  faults        ${list(faults)}`,
    ...(Object.keys(observed).length > 0 ? [`  observed      ${list(observed)}`] : []),
    ...verdict.void.map((why) => `  void          ${why}`),
    ...violations
      .slice(0, SHOWN)
      .map(({ rule, subject, what }) => `  ${rule.padEnd(13)} ${subject}  ${what}`),
    ...(violations.length > SHOWN ? [`  and ${violations.length - SHOWN} more`] : []),
    `  files         ${verdict.files}`,
    `  replay        ${verdict.replay}`,
  ].join('\n');
}
