import type { Violation } from '#reconcile/invariant.ts';
import { keyOf, type SentLedger } from './reading.ts';

/** A row of the stock's ledger that a device caused. */
export interface AppliedReading {
  readonly deviceId: string;
  readonly seq: number;
  readonly sku: string;
  readonly delta: number;
}

/** A reading that did not reach the stock when it came. */
export interface OpenReading {
  readonly deviceId: string;
  readonly seq: number;
  readonly state: string;
}

export interface Stored {
  readonly applied: readonly AppliedReading[];
  readonly open: readonly OpenReading[];
  /** Bytes of dead letters. */
  readonly letters: ReadonlySet<string>;
  /** On hand by sku, less what others than devices have changed since the count. */
  readonly onHand: ReadonlyMap<string, number>;
}

export interface Tally {
  readonly sent: number;
  readonly applied: number;
  readonly parked: number;
  readonly kept: number;
  readonly dropped: number;
  readonly deadLetters: number;
}

/** Pure: each reading has come to one end, nothing else has, and the stock is what those that were applied make of it. */
export function compareFleet(sent: SentLedger, stored: Stored): { violations: Violation[]; tally: Tally } {
  const violations: Violation[] = [];
  const applied = Map.groupBy(stored.applied, keyOf);
  const open = new Map(stored.open.map((one) => [keyOf(one), one.state]));
  const known = new Set(sent.readings.map(keyOf));
  const expected = new Map(sent.stock.map(({ sku, onHand }) => [sku, onHand]));
  for (const reading of sent.readings) {
    const { sku, delta } = reading;
    const rows = applied.get(keyOf(reading)) ?? [];
    const state = open.get(keyOf(reading));
    const waits = state !== undefined && state !== 'APPLIED';
    const subject = keyOf(reading);
    // Where a run was ended in the middle, it may never have gone out.
    if (!sent.acknowledged && rows.length === 0 && state === undefined) continue;
    if (rows.length > 1) violations.push({ subject, what: `was applied ${rows.length} times` });
    if (rows.length === 0 && !waits)
      violations.push({ subject, what: 'is lost: neither applied nor waiting' });
    if (rows.length > 0 && waits) violations.push({ subject, what: `was applied, and is ${state}` });
    if (rows.some((row) => row.sku !== sku || row.delta !== delta)) {
      violations.push({ subject, what: `said ${delta} of ${sku}, and something else was applied` });
    }
    if (!waits) expected.set(sku, (expected.get(sku) ?? 0) + delta);
  }
  for (const key of applied.keys()) {
    if (!known.has(key)) violations.push({ subject: key, what: 'was applied, and never sent' });
  }
  for (const { text } of sent.acknowledged ? sent.garbage : []) {
    if (!stored.letters.has(text)) violations.push({ subject: text, what: 'is not among the dead letters' });
  }
  for (const [sku, onHand] of expected) {
    const found = stored.onHand.get(sku);
    if (found !== onHand)
      violations.push({ subject: sku, what: `must have ${onHand} on hand, and has ${found ?? 'none'}` });
  }
  const states = Map.groupBy(stored.open, ({ state }) => state);
  const tally = {
    ...{ sent: sent.readings.length, applied: applied.size, parked: states.get('PARKED')?.length ?? 0 },
    ...{ kept: states.get('KEPT')?.length ?? 0, dropped: states.get('DROPPED')?.length ?? 0 },
    deadLetters: sent.garbage.filter(({ text }) => stored.letters.has(text)).length,
  };
  return { violations, tally };
}
