import { pick, seededRandom } from '#chaos/random.ts';
import type { SentGarbage, SentReading } from './reading.ts';

/** What a device puts on the wire, and when, in ms from the start. */
export type Act =
  | { readonly at: number; readonly kind: 'reading'; readonly reading: SentReading; readonly ts: number }
  | { readonly at: number; readonly kind: 'garbage'; readonly garbage: SentGarbage };

export interface FleetPlan {
  /** In the order of their times. */
  readonly acts: readonly Act[];
  /** It reports what nobody can believe, from some reading on. */
  readonly liar: string | undefined;
}

export interface PlanOptions {
  readonly run: string;
  readonly count: number;
  readonly seconds: number;
  /** Readings a second, of all devices together. */
  readonly rate: number;
  readonly faults: boolean;
  readonly seed: number;
  /** Of plenty. */
  readonly skus: readonly string[];
  /** Of which there is too little for what devices take. */
  readonly scarce: string;
}

const DAY_MS = 86_400_000;
const LIE = 900_000;

/** Pure: one seed, one plan. With faults a reading goes out late, twice, in a burst after a while offline, or is a lie. */
export function planFleet(options: PlanOptions): FleetPlan {
  const { run, count, seconds, rate, faults, skus, scarce } = options;
  const random = seededRandom(options.seed);
  const devices = Array.from({ length: count }, (_, index) => ({
    deviceId: `sim-${run}-${index + 1}`,
    skewMs: faults ? Math.round((random() - 0.5) * 2 * DAY_MS) : 0,
    offlineFrom: faults && random() < 0.3 ? random() * seconds * 1_000 : Infinity,
    offlineMs: 500 + random() * 2_500,
    seq: 0,
  }));
  const liar = faults ? devices.at(-1) : undefined;
  const acts: Act[] = [];
  const total = Math.round(seconds * rate);
  for (let turn = 0; turn < total; turn++) {
    const at = (turn / rate) * 1_000;
    const device = pick(devices, random);
    const lies = device === liar && at > seconds * 500;
    const starved = faults && !lies && random() < 0.02;
    const sku = starved ? scarce : pick(skus, random);
    const delta = lies ? LIE : starved ? -3 : (1 + Math.floor(random() * 5)) * (random() < 0.5 ? -1 : 1);
    const reading = { deviceId: device.deviceId, seq: ++device.seq, sku, delta };
    const act = { kind: 'reading', reading, ts: Math.round(at + device.skewMs) } as const;
    const offline = at >= device.offlineFrom && at < device.offlineFrom + device.offlineMs;
    const sent = offline
      ? device.offlineFrom + device.offlineMs
      : at + (faults && random() < 0.1 ? random() * 800 : 0);
    acts.push({ ...act, at: sent });
    if (faults && random() < 0.05) acts.push({ ...act, at: sent + random() * 1_000 });
    if (faults && random() < 0.01) {
      acts.push({ at, kind: 'garbage', garbage: { sku, text: `{"delta":"${run}-${turn}"` } });
    }
  }
  return { acts: acts.sort((a, b) => a.at - b.at), liar: liar?.deviceId };
}
