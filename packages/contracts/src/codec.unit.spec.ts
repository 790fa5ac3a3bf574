import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, schemaIdOf } from '#codec.ts';
import type { Decimal } from '#decimal.ts';
import { createLocalRegistry } from '#local-registry.ts';
import { orderCreated, stockAdjusted } from '#sample-events.fixture.ts';

const registry = createLocalRegistry();
const decimals = fc.bigInt(-(10n ** 20n) + 1n, 10n ** 20n - 1n).map((value) => value as Decimal);
const texts = fc.string({ unit: 'grapheme' });
const years = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z') };
const items = fc.array(
  fc.record({
    productId: texts,
    qty: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    price: decimals,
    sku: fc.option(texts),
    listPrice: fc.option(decimals),
    total: fc.option(decimals),
    appliedRules: fc.array(fc.record({ kind: texts, ruleId: texts, name: texts, amount: decimals }), {
      maxLength: 3,
    }),
  }),
);

describe('encode', () => {
  it('writes the Confluent wire format', () => {
    const bytes = encode(stockAdjusted(), 0x01020304);
    expect([...bytes.subarray(0, 5)]).toEqual([0, 1, 2, 3, 4]);
    expect(schemaIdOf(bytes)).toBe(0x01020304);
  });

  it('comes back as the same order.created', () => {
    fc.assert(
      fc.property(
        fc.record({
          userId: texts,
          totalAmount: decimals,
          items,
          expiresAt: fc.date({ noInvalidDate: true, ...years }),
          discountCodes: fc.array(texts),
        }),
        (payload) => {
          const event = orderCreated(payload);
          const decoded = registry.decode(encode(event, registry.idFor(event.eventType)));
          expect(decoded).toEqual(event);
        },
      ),
    );
  });

  it('comes back as the same stock.adjusted', () => {
    fc.assert(
      fc.property(
        fc.record({
          delta: fc.integer(),
          seq: fc.option(fc.nat(Number.MAX_SAFE_INTEGER - 1)),
          deviceId: fc.option(texts),
        }),
        (payload) => {
          const event = stockAdjusted(payload);
          expect(registry.decode(encode(event, registry.idFor(event.eventType)))).toEqual(event);
        },
      ),
    );
  });

  it('takes an event larger than its buffer', () => {
    const event = orderCreated({ reservationId: 'x'.repeat(200_000) });
    expect(registry.decode(encode(event, registry.idFor(event.eventType)))).toEqual(event);
  });

  it('gives every call bytes of its own', () => {
    const first = encode(stockAdjusted({ delta: 1 }), 1);
    const copy = Buffer.from(first);
    encode(stockAdjusted({ delta: 2 }), 1);
    expect(first).toEqual(copy);
  });

  it.each([
    ['a missing field', { userId: undefined }, 'payload.userId'],
    ['a number for an amount', { totalAmount: 129.5 }, 'payload.totalAmount'],
    ['a time that Avro cannot hold exactly', { createdAt: new Date(-(2 ** 52) - 1) }, 'payload.createdAt'],
    ['text for a time', { createdAt: '2026-11-21T08:30:00Z' }, 'payload.createdAt'],
    [
      'a fraction for a quantity',
      { items: [{ productId: 'P', qty: 1.5, price: 1n, sku: null }] },
      'payload.items.0.qty',
    ],
  ])('refuses %s and names it', (_what, payload, path) => {
    expect(() => encode(orderCreated(payload as never), 1)).toThrow(
      expect.objectContaining({ code: 'EVENT_INVALID', kind: 'bug', message: expect.stringContaining(path) }),
    );
  });

  it('writes on after a refusal', () => {
    const event = stockAdjusted();
    expect(() => encode(stockAdjusted({ delta: 'x' as never }), 1)).toThrow();
    expect(registry.decode(encode(event, registry.idFor(event.eventType)))).toEqual(event);
  });
});

describe('schemaIdOf', () => {
  it.each([[Buffer.alloc(0)], [Buffer.from([0, 0, 0, 0, 1])], [Buffer.from('{"json":true}')]])(
    'refuses %s',
    (bytes) => {
      expect(() => schemaIdOf(bytes)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
    },
  );
});
