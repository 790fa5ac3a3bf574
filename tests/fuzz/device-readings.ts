import fc from 'fast-check';
import { mostly } from './arbitraries.ts';
import { breakages, broken, textBreakages } from './breakage.ts';

/** What a device publishes. */
export interface Publication {
  readonly topic: string;
  readonly payload: Buffer;
  readonly userProperties: Readonly<Record<string, string>>;
}

const DEVICES = 200;
/** The MQTT broker takes no larger packets. */
const LARGEST = 60_000;
/** Levels of a topic that MQTT allows and a sku is not. */
const ODD_SKUS = [
  '',
  ' ',
  'a b',
  '..',
  '%00',
  '$SYS',
  "'",
  'é',
  '\u202e',
  '🚀',
  'x'.repeat(129),
  'x'.repeat(3_000),
];
const ODD_TEXTS = [
  '',
  'x',
  'x'.repeat(300),
  "'; drop table x; --",
  '🚀',
  `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`,
];

const property = mostly(fc.constant(undefined), fc.constantFrom(...ODD_TEXTS), 8);

/** Readings, most of them nearly right. Numbers are drawn, so some come twice and most leave gaps. */
export function publications(run: string, skus: readonly string[]): fc.Arbitrary<Publication> {
  const reading = fc.record(
    {
      delta: fc.integer({ min: 1, max: 5 }),
      reason: fc.constantFrom('SENSOR', 'COUNT'),
      deviceId: fc.nat({ max: DEVICES - 1 }).map((n) => `fuzz-${run}-${n}`),
      seq: fc.nat({ max: 5_000 }),
      session: fc.constantFrom('', 'A', 'B'),
      ts: fc.oneof(fc.nat({ max: 2 ** 42 }), fc.constant('2026-11-20T12:00:00+01:00')),
      storeId: fc.constantFrom('STORE-1', 'STORE-2', 'STORE-NONE'),
      battery: fc.nat(),
    },
    { requiredKeys: ['delta', 'reason', 'deviceId', 'seq'] },
  );
  const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '');
  const payload = fc.oneof(
    { weight: 4, arbitrary: reading.map(bytes) },
    {
      weight: 10,
      arbitrary: fc.tuple(reading, breakages).map(([it, all]) => bytes(all.reduce<unknown>(broken, it))),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(reading, textBreakages).map(([it, spoil]) => spoil(JSON.stringify(it))),
    },
  );
  return fc.record({
    topic: mostly(fc.constantFrom(...skus), fc.constantFrom(...ODD_SKUS)).map(
      (it) => `iot/inventory/${it}/delta`,
    ),
    payload: payload.filter(({ length }) => length <= LARGEST),
    userProperties: fc.record({ correlationId: property, traceparent: property }).map(present),
  });
}

const present = (all: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
