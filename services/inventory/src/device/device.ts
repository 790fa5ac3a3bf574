import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import { brokenRule, type DeviceRules, type QuarantineReason } from './rules.ts';
import { hasCome, type Sequence, withSeq } from './sequence.ts';

export interface Device {
  readonly deviceId: string;
  /** Why it is in quarantine; null: it is not. */
  readonly quarantinedFor: QuarantineReason | null;
  readonly quarantinedAt: Date | null;
  /** Events published about it. */
  readonly version: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly lastSession: string;
  readonly lastSeq: number | null;
  /** Its clock less ours, when a reading arrived. It only informs. */
  readonly lastSkewMs: number | null;
  readonly minSkewMs: number | null;
  readonly maxSkewMs: number | null;
  readonly applied: number;
  readonly duplicates: number;
  /** The minute in which changes are summed. */
  readonly windowStart: Date;
  readonly windowChange: number;
  readonly parkedInARow: number;
}

/** What is to be done about a reading. */
export type Verdict = 'apply' | 'duplicate' | 'keep';

export interface Judged {
  readonly verdict: Verdict;
  readonly device: Device;
  /** Undefined where the reading has no number. */
  readonly sequence: Sequence | undefined;
}

const MINUTE_MS = 60_000;
/** Each gap is remembered: beyond this no rule lets a device go on, and nothing more is remembered of it. */
export const MOST_GAPS = 5_000;

export const firstSeen = (deviceId: string, now: Date): Device => ({
  ...{ deviceId, quarantinedFor: null, quarantinedAt: null, version: 0, firstSeenAt: now, lastSeenAt: now },
  ...{ lastSession: '', lastSeq: null, lastSkewMs: null, minSkewMs: null, maxSkewMs: null },
  ...{ applied: 0, duplicates: 0, windowStart: now, windowChange: 0, parkedInARow: 0 },
});

/**
 * Once per number, in any order. From the reading that breaks a rule on, a device's readings are kept aside. A duplicate
 * breaks no rule: it is the network's, not the device's.
 */
export function judge(
  before: Device,
  sequence: Sequence | undefined,
  rules: DeviceRules,
  reading: DeviceReading,
  now: Date,
): Judged {
  const { seq, ts, delta, session = '' } = reading;
  if (seq !== undefined && sequence && hasCome(sequence, seq)) {
    return {
      verdict: 'duplicate',
      device: { ...before, duplicates: before.duplicates + 1, lastSeenAt: now },
      sequence,
    };
  }
  const skewMs = ts === undefined ? null : ts - reading.receivedAt;
  const seen = { ...before, ...place(before, session, seq), ...skew(before, skewMs), lastSeenAt: now };
  const after = seq === undefined ? sequence : withSeq(sequence, seq, now.getTime());
  const kept = (after?.gaps.length ?? 0) > MOST_GAPS ? sequence : after;
  if (before.quarantinedFor !== null) return { verdict: 'keep', device: seen, sequence: kept };
  const device = { ...seen, ...change(before, delta, now) };
  const maxGaps = Math.min(rules.maxGaps ?? MOST_GAPS, MOST_GAPS);
  const reason = brokenRule(
    { ...rules, maxGaps },
    {
      ...{ delta, skewMs, changeInMinute: device.windowChange },
      gaps: newGaps(sequence, after),
    },
  );
  if (reason === undefined) return { verdict: 'apply', device, sequence: after };
  return { verdict: 'keep', device: quarantined(seen, reason, now), sequence: kept };
}

/** The device after its reading reached the stock. */
export const applied = (device: Device): Device => ({
  ...device,
  applied: device.applied + 1,
  parkedInARow: 0,
});

/** The device after its reading could not be applied to the stock; too many in a row are a lie. */
export function parked(before: Device, rules: DeviceRules, now: Date): Device {
  const device = { ...before, parkedInARow: before.parkedInARow + 1 };
  const tooMany = rules.maxParkedInARow !== null && device.parkedInARow > rules.maxParkedInARow;
  return tooMany && device.quarantinedFor === null ? quarantined(device, 'TOO_MANY_PARKED', now) : device;
}

/** The device with nothing held against it. */
export const released = (device: Device, now: Date): Device => ({
  ...device,
  ...{ quarantinedFor: null, quarantinedAt: null, version: device.version + 1 },
  ...{ windowStart: now, windowChange: 0, parkedInARow: 0 },
});

const quarantined = (device: Device, reason: QuarantineReason, now: Date): Device => ({
  ...device,
  ...{ quarantinedFor: reason, quarantinedAt: now, version: device.version + 1 },
});

/** Gaps count against a device when it makes new ones: those that are there may still be filled. */
function newGaps(before: Sequence | undefined, after: Sequence | undefined): number {
  const count = after?.gaps.length ?? 0;
  return count > (before?.gaps.length ?? 0) ? count : 0;
}

function place(before: Device, session: string, seq: number | undefined) {
  if (seq === undefined) return {};
  if (session !== before.lastSession) return { lastSession: session, lastSeq: seq };
  return { lastSeq: Math.max(before.lastSeq ?? 0, seq) };
}

function skew(before: Device, skewMs: number | null) {
  if (skewMs === null) return {};
  return {
    lastSkewMs: skewMs,
    minSkewMs: Math.min(before.minSkewMs ?? skewMs, skewMs),
    maxSkewMs: Math.max(before.maxSkewMs ?? skewMs, skewMs),
  };
}

function change(before: Device, delta: number, now: Date) {
  const over = now.getTime() - before.windowStart.getTime() >= MINUTE_MS;
  return over
    ? { windowStart: now, windowChange: Math.abs(delta) }
    : { windowChange: before.windowChange + Math.abs(delta) };
}
