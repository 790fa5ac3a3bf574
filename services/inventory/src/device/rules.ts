/** What a device may do; null: anything. */
export interface DeviceRules {
  readonly maxAbsDelta: number | null;
  /** Sum of the changes, without their signs, that arrive in a minute. */
  readonly maxChangePerMinute: number | null;
  readonly maxSkewSeconds: number | null;
  readonly maxParkedInARow: number | null;
  /** Places in its numbers where some are missing. */
  readonly maxGaps: number | null;
}

/**
 * Those of a tenant that has set none. A clock is not looked at: what was buffered offline is old, and a wrong clock alone
 * does no harm. Gaps are bounded because each is remembered.
 */
export const DEFAULT_RULES: DeviceRules = {
  maxAbsDelta: 10_000,
  maxChangePerMinute: 1_000_000,
  maxSkewSeconds: null,
  maxParkedInARow: 100,
  maxGaps: 1_000,
};

export const quarantineReasons = [
  'DELTA_TOO_LARGE',
  'CHANGE_TOO_FAST',
  'CLOCK_SKEW',
  'TOO_MANY_PARKED',
  'TOO_MANY_GAPS',
] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

/** What a reading would make of its device. */
export interface Facts {
  readonly delta: number;
  readonly changeInMinute: number;
  readonly skewMs: number | null;
  readonly gaps: number;
}

const over = (value: number, most: number | null): boolean => most !== null && value > most;

/** The first rule that a reading breaks. */
export function brokenRule(rules: DeviceRules, facts: Facts): QuarantineReason | undefined {
  if (over(Math.abs(facts.delta), rules.maxAbsDelta)) return 'DELTA_TOO_LARGE';
  if (over(facts.changeInMinute, rules.maxChangePerMinute)) return 'CHANGE_TOO_FAST';
  if (facts.skewMs !== null && over(Math.abs(facts.skewMs) / 1_000, rules.maxSkewSeconds))
    return 'CLOCK_SKEW';
  if (over(facts.gaps, rules.maxGaps)) return 'TOO_MANY_GAPS';
  return undefined;
}
