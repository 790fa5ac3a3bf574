import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, carrierCodes, type CarrierCode, trackingStatuses } from './carrier.ts';
import type { Connection, Reply } from './connection.ts';
import { dhl } from './dhl.ts';
import { CarrierFailure } from './failure.ts';
import { fedex } from './fedex.ts';
import { type GoodReplies, goodReplies } from './good-replies.fixture.ts';
import { ups } from './ups.ts';
import type { CarrierWire } from './wire.ts';

const account = { clientId: 'a', secret: 'b', callbackSecret: 'c' };
const address = { name: 'A', line1: 'B', city: 'C', postalCode: '1', country: 'US' };
const parcel = { to: address, weightGrams: 1_000 };
const wires = { FEDEX: fedex, UPS: ups, DHL: dhl };
const token = '{"access_token":"t","token_type":"bearer","expires_in":3600}';

/** A carrier that says what it is told to; FedEx gives its token first. */
function saying(code: CarrierCode, reply: Reply): CarrierWire {
  const connection: Connection = {
    send: async ({ path }) => (path === '/oauth/token' ? { status: 200, text: token } : reply),
    close: async () => undefined,
  };
  return wires[code](connection, account, address);
}

const { signal } = new AbortController();
const operations: Readonly<
  Record<Exclude<keyof GoodReplies, 'callback'>, (wire: CarrierWire) => Promise<Answer<unknown>>>
> = {
  quote: (wire) => wire.quote(parcel, signal),
  buy: (wire) => wire.buyLabel({ shipmentId: 's-1', parcel, service: 'P' }, signal),
  find: (wire) => wire.findLabel('s-1', signal),
  track: (wire) => wire.track('7001', signal),
  cancel: (wire) => wire.cancelLabel('7001', signal),
};
const names = Object.keys(operations) as (keyof typeof operations)[];

const word = fc.string({ minLength: 1 });
const price = { minor: expect.any(BigInt), currency: expect.stringMatching(/^[A-Z]{3}$/) };
/** Throws unless the value is one that an order may be given. */
function check(name: keyof GoodReplies, value: unknown): void {
  if (name === 'cancel') return expect(value).toBeNull();
  if (name === 'find' && value === null) return;
  if (name === 'track') {
    for (const event of value as { status: string; at: Date }[]) {
      expect(trackingStatuses).toContain(event.status);
      expect(Number.isNaN(event.at.getTime())).toBe(false);
    }
    return;
  }
  for (const it of Array.isArray(value) ? value : [value]) {
    expect(it).toMatchObject({ service: expect.any(String), price });
    expect(it.price.minor >= 0n).toBe(true);
    if (name !== 'quote') {
      expect(it.trackingNumber).not.toBe('');
      expect(it.labelUrl).toMatch(/^https?:/);
    }
  }
}

/** A good text after an accident. */
const accident = (good: string): fc.Arbitrary<string> => {
  const place = fc.nat({ max: good.length });
  const texts = fc.oneof(
    word,
    fc.constantFrom('', 'null', '-1', '[]', '<x/>', '&#0;', '1e999', '<!DOCTYPE a>'),
  );
  return fc.oneof(
    place.map((end) => good.slice(0, end)),
    fc
      .tuple(place, fc.nat({ max: 40 }), texts)
      .map(([start, length, text]) => good.slice(0, start) + text + good.slice(start + length)),
    fc
      .tuple(fc.constantFrom(...(good.match(/[\w.:-]+/g) ?? [''])), texts)
      .map(([part, text]) => good.replaceAll(part, text)),
    fc.json(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString()),
  );
};
const status = fc.oneof(
  { weight: 6, arbitrary: fc.constant(200) },
  fc.constantFrom(201, 204, 302, 400, 404, 409, 429, 500, 502, 503),
);

describe.each(carrierCodes)('%s', (code) => {
  const good = goodReplies[code];

  it.each(names)('understands a good answer: %s', async (name) => {
    const answer = await operations[name](saying(code, { status: 200, text: good[name] }));
    if (answer.kind !== 'DONE') throw new Error(JSON.stringify(answer));
    check(name, answer.value);
    expect(answer.value).not.toEqual([]);
  });

  it.each(names)('believes nothing that is broken: %s', (name) =>
    fc.assert(
      fc.asyncProperty(accident(good[name]), status, async (text, httpStatus) => {
        const wire = saying(code, { status: httpStatus, text });
        const answer = await operations[name](wire).catch((error: unknown) => {
          expect(error).toBeInstanceOf(CarrierFailure);
          return undefined;
        });
        if (answer?.kind === 'DONE') check(name, answer.value);
      }),
      { numRuns: 100 },
    ),
  );

  it('reads a callback, and no broken one', () => {
    const wire = saying(code, { status: 200, text: '' });
    const { trackingNumber, events } = wire.readCallback(good.callback);
    expect(trackingNumber).toBe('7001');
    expect(events).toMatchObject([{ status: 'PICKED_UP', at: new Date('2026-11-21T10:00:00Z') }]);
    const read = (text: string) => {
      try {
        return wire.readCallback(text).events;
      } catch (error) {
        expect(error).toBeInstanceOf(CarrierFailure);
        return [];
      }
    };
    fc.assert(
      fc.property(accident(good.callback), (text) => check('track', read(text))),
      { numRuns: 100 },
    );
  });

  it('believes nothing about another shipment or parcel', async () => {
    for (const name of ['buy', 'find', 'track'] as const) {
      const other = good[name].replaceAll('s-1', 's-2').replaceAll('7001', '7002');
      const answer = operations[name](saying(code, { status: 200, text: other }));
      await expect(answer).rejects.toMatchObject({ code: 'MALFORMED' });
    }
  });
});
