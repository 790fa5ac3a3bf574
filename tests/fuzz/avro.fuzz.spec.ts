import { encode } from '@tradewind/contracts/codec.ts';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { orderCreated, stockAdjusted } from '@tradewind/contracts/sample-events.fixture.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { fuzzRuns, fuzzSeed } from '@tradewind/testing/fuzz-plan.ts';
import { mutations } from '@tradewind/testing/mutated-bytes.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Consumers, startConsumers } from './consumers.fixture.ts';

const DECODINGS = fuzzRuns(10_000);
const MESSAGES = fuzzRuns(400);
/** A consumer handles a partition meanwhile: a length that was made up must not keep it busy. */
const LONGEST_MS = 500;

const registry = createLocalRegistry();

describe('the bytes of an event that were mutated', () => {
  it.each([orderCreated(), stockAdjusted()])(
    'of $eventType are an event, or refused as none',
    { timeout: 120_000 },
    (event) => {
      const bytes = encode(event, registry.idFor(event.eventType));
      const property = fc.property(mutations, (mutate) => {
        const began = performance.now();
        try {
          expect(registry.decode(mutate(bytes))).toMatchObject({ eventId: expect.any(String) });
        } catch (error) {
          if (!isDomainError(error)) throw error;
          expect(error.code).toMatch(/^(EVENT_MALFORMED|SCHEMA_UNKNOWN)$/);
        }
        expect(performance.now() - began).toBeLessThan(LONGEST_MS);
      });
      fc.assert(property, { seed: fuzzSeed, numRuns: DECODINGS });
    },
  );
});

const ODD = [
  '',
  '\0',
  'a\0b',
  '\ufffd',
  '🚀',
  "'; drop table x; --",
  'x'.repeat(300),
  '-1',
  'NaN',
  '9'.repeat(30),
];
const HEADERS = ['storeId', 'eventId', 'eventType', 'aggregateVersion', 'correlationId', 'traceparent', 'x'];

const spoiling = fc.record({
  bytes: fc.option(mutations, { freq: 3 }),
  key: fc.option(fc.constantFrom(...ODD), { freq: 5 }),
  headers: fc.dictionary(fc.constantFrom(...HEADERS), fc.constantFrom(...ODD), { maxKeys: 2 }),
  missing: fc.option(fc.constantFrom(...HEADERS), { freq: 4 }),
  payload: fc.option(
    fc.record(
      {
        reason: fc.constantFrom(...ODD),
        sku: fc.constantFrom(...ODD),
        onHand: fc.constantFrom(-1, 2 ** 31 - 1),
      },
      { requiredKeys: [] },
    ),
  ),
});

describe('consumers among mutated messages', { timeout: 180_000 }, () => {
  let consumers: Consumers;
  beforeAll(async () => {
    consumers = await startConsumers();
  });
  afterAll(() => consumers.stop());

  it('apply every good one of other keys, park what is none, and stand still nowhere', async () => {
    const spoils = fc.sample(spoiling, { seed: fuzzSeed, numRuns: MESSAGES });
    const good: string[] = [];
    for (const [n, spoil] of spoils.entries()) {
      const key = `GOOD-${n}`;
      good.push(key);
      await consumers.send([consumers.message(`BAD-${n}`, spoil), consumers.message(key)]);
    }
    // Nothing is left to be read, whatever became of it: no partition stands still.
    await eventually(
      async () => {
        const { reacted, projected } = await consumers.applied();
        const late = (keys: ReadonlySet<string>): string[] =>
          good.filter((key) => !keys.has(key)).slice(0, 3);
        expect([late(reacted), late(projected)]).toEqual([[], []]);
        expect(await consumers.lag()).toEqual([0n, 0n]);
      },
      { within: 60_000, every: 250 },
    );
    const parked = await consumers.parked();
    expect(parked).toHaveLength(2);
    // What will not come right by itself lies in the dead letters, for both consumers.
    for (const { consumer, letters, waiting } of parked) {
      expect([consumer, letters]).toEqual([consumer, waiting]);
      expect(waiting, consumer).toBeGreaterThan(MESSAGES / 20);
    }
    expect(consumers.crashes).toEqual([]);
  });
});
