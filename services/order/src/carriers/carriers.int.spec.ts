import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@tradewind/testing/eventually.ts';
import { carrierCodes } from './carrier.ts';
import { type CarriersWorld, names, parcel, shipment, startCarriers, valueOf } from './carriers.fixture.ts';

let world: CarriersWorld;

beforeAll(async () => {
  world = await startCarriers();
});
afterEach(() => world.reset());
afterAll(() => world.stop());

/** For carriers that never answer: others get the time that a busy machine needs. */
const impatient = { CARRIER_CALL_TIMEOUT_MS: 300 };

describe.each(carrierCodes)('%s', (code) => {
  it('quotes, sells, tracks and delivers', async () => {
    const carrier = world.client(code);
    await world.knobs({ timeScale: 100 });
    const [cheapest, next] = valueOf(await carrier.quote(parcel));
    expect(cheapest?.price).toMatchObject({ currency: code === 'DHL' ? 'EUR' : 'USD' });
    expect((next?.price.minor ?? 0n) > (cheapest?.price.minor ?? 0n)).toBe(true);
    const wanted = shipment({ code, service: cheapest?.service ?? '' });
    const label = valueOf(await carrier.buyLabel(wanted));
    expect(label).toMatchObject({ service: cheapest?.service, price: cheapest?.price });
    const document = await fetch(label.labelUrl);
    expect(await document.text()).toContain(label.trackingNumber);
    const events = await eventually(async () => {
      const seen = valueOf(await carrier.track(label.trackingNumber));
      expect(seen.at(-1)?.status).toBe('DELIVERED');
      return seen;
    });
    const order = ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'];
    expect(events.map(({ status }) => status)).toEqual(order);
    expect(events.every(({ at }) => Math.abs(at.getTime() - Date.now()) < 60_000)).toBe(true);
  });

  it('has no events to tell of a label that was just bought', async () => {
    const carrier = world.client(code);
    const { trackingNumber } = valueOf(await carrier.buyLabel(shipment({ code })));
    expect(valueOf(await carrier.track(trackingNumber))).toEqual([]);
    await world.deliver(code, trackingNumber);
    await eventually(async () => {
      expect(valueOf(await carrier.track(trackingNumber)).at(-1)?.status).toBe('DELIVERED');
    });
  });

  it('sells one label for a shipment, and none for another one under its name', async () => {
    const carrier = world.client(code);
    const wanted = shipment({ code });
    const all = await Promise.all([1, 2, 3].map(() => carrier.buyLabel(wanted)));
    expect(new Set(all.map((one) => valueOf(one).trackingNumber)).size).toBe(1);
    expect(await carrier.findLabel(wanted.shipmentId)).toEqual(all[0]);
    const heavier = { ...wanted, parcel: { ...parcel, weightGrams: 9_000 } };
    expect(await carrier.buyLabel(heavier)).toMatchObject({ kind: 'REFUSED', code: 'REFERENCE_IN_USE' });
    expect(await world.labels(wanted.shipmentId)).toHaveLength(1);
  });

  it.each([
    ['ERROR', false],
    ['HANG', false],
    ['BROKEN', false],
    ['CUT', false],
    ['ERROR', true],
    ['HANG', true],
    ['BROKEN', true],
    ['CUT', true],
  ] as const)('sells one label through a fault: %s, after the work: %s', async (kind, after) => {
    const carrier = world.client(code, kind === 'HANG' ? impatient : {});
    await world.knobs({ [names[code]]: { fault: { kind, after, on: ['BUY'], times: 1 } } });
    const wanted = shipment({ code });
    const label = valueOf(await carrier.buyLabel(wanted));
    expect(await world.labels(wanted.shipmentId)).toMatchObject([{ trackingNumber: label.trackingNumber }]);
    const calls = await world.calls(wanted.shipmentId);
    // A fault before the work names no shipment.
    expect(calls).toEqual(after ? ['BUY OK', 'FIND OK'] : ['FIND NOT_FOUND', 'BUY OK']);
  });

  it('does not know what became of a purchase while nobody answers, and buys nothing new later', async () => {
    const carrier = world.client(code);
    await world.knobs({ all: { fault: { kind: 'CUT', after: true, on: ['BUY', 'FIND'] } } });
    const wanted = shipment({ code });
    expect(await carrier.buyLabel(wanted)).toMatchObject({ kind: 'UNKNOWN' });
    await world.reset();
    const label = valueOf(await carrier.buyLabel(wanted));
    expect(await world.labels(wanted.shipmentId)).toMatchObject([{ trackingNumber: label.trackingNumber }]);
  });

  it('is unavailable while it is away, and has done nothing then', async () => {
    const carrier = world.client(code);
    await world.knobs({ [names[code]]: { down: true } });
    const wanted = shipment({ code });
    expect(await carrier.buyLabel(wanted)).toMatchObject({ kind: 'UNAVAILABLE' });
    expect(await carrier.quote(parcel)).toMatchObject({ kind: 'UNAVAILABLE' });
    await world.reset();
    await eventually(async () =>
      expect(await carrier.findLabel(wanted.shipmentId)).toEqual({ kind: 'DONE', value: null }),
    );
  });

  it('refuses in the common words', async () => {
    const carrier = world.client(code);
    const nowhere = { ...parcel, to: { ...parcel.to, country: '??' } };
    expect(await carrier.quote(nowhere)).toMatchObject({ kind: 'REFUSED', code: 'ADDRESS_UNDELIVERABLE' });
    const heavy = { ...parcel, weightGrams: 90_000 };
    expect(await carrier.quote(heavy)).toMatchObject({ kind: 'REFUSED', code: 'PARCEL_TOO_HEAVY' });
    const wrong = shipment({ code, service: 'ON_FOOT' });
    expect(await carrier.buyLabel(wrong)).toMatchObject({ kind: 'REFUSED', code: 'INVALID_REQUEST' });
    expect(await carrier.track('none')).toMatchObject({ kind: 'REFUSED', code: 'NOT_FOUND' });
    await world.knobs({ all: { refuse: true } });
    const unwanted = shipment({ code });
    expect(await carrier.buyLabel(unwanted)).toMatchObject({
      kind: 'REFUSED',
      code: 'ADDRESS_UNDELIVERABLE',
    });
    expect(await world.labels(unwanted.shipmentId)).toEqual([]);
  });

  it('takes a label back until the parcel is picked up', async () => {
    const carrier = world.client(code);
    const wanted = shipment({ code });
    const { trackingNumber } = valueOf(await carrier.buyLabel(wanted));
    for (const _ of [1, 2])
      expect(await carrier.cancelLabel(trackingNumber)).toEqual({ kind: 'DONE', value: null });
    expect((await world.labels(wanted.shipmentId))[0]?.canceledAt).not.toBeNull();
    expect(await carrier.buyLabel(wanted)).toMatchObject({ kind: 'REFUSED', code: 'REFERENCE_IN_USE' });
    const other = valueOf(await carrier.buyLabel(shipment({ code })));
    await world.deliver(code, other.trackingNumber);
    // It is picked up a moment after that was asked for: until then a label may still be given back.
    await eventually(async () => expect(valueOf(await carrier.track(other.trackingNumber))).not.toEqual([]));
    expect(await carrier.cancelLabel(other.trackingNumber)).toMatchObject({
      ...{ kind: 'REFUSED', code: 'ALREADY_PICKED_UP' },
    });
  });

  it('lists events in their order, whatever the carrier does, and tells of a parcel that is stuck', async () => {
    const carrier = world.client(code);
    await world.knobs({ all: { shuffle: true, exception: true }, timeScale: 1_000 });
    const { trackingNumber } = valueOf(await carrier.buyLabel(shipment({ code })));
    const statuses = async () => valueOf(await carrier.track(trackingNumber)).map(({ status }) => status);
    await eventually(async () => expect(await statuses()).toEqual(['PICKED_UP', 'IN_TRANSIT', 'EXCEPTION']));
    await world.deliver(code, trackingNumber);
    await eventually(async () => expect(await statuses()).toContain('DELIVERED'));
  });

  it('does not let in whoever has no account', async () => {
    const account = { clientId: 'shop', secret: 'guess', callbackSecret: 'x' };
    const accounts = { fedex: account, ups: account, dhl: account };
    const carrier = world.client(code, { CARRIER_CREDENTIALS: accounts });
    expect(await carrier.quote(parcel)).toMatchObject({ kind: 'UNAVAILABLE' });
  });
});

describe('carriers', () => {
  it.each(['ERROR', 'HANG', 'BROKEN', 'CUT'])('answer nothing while reading fails: %s', async (kind) => {
    const carrier = world.client('UPS', kind === 'HANG' ? impatient : {});
    const { trackingNumber } = valueOf(await carrier.buyLabel(shipment({ code: 'UPS' })));
    await world.knobs({ all: { fault: { kind, on: ['TRACK'] } } });
    expect(await carrier.track(trackingNumber, { withinMs: 300 })).toMatchObject({ kind: 'UNKNOWN' });
    await world.knobs({ all: { fault: { kind, on: ['TRACK'], times: 1 } } });
    expect(await carrier.track(trackingNumber)).toEqual({ kind: 'DONE', value: [] });
  });

  it('keep to the time that they are given', async () => {
    const carrier = world.client('UPS');
    await world.knobs({ all: { latencyMs: 10_000 } });
    const started = performance.now();
    expect(await carrier.quote(parcel, { withinMs: 300 })).toMatchObject({
      kind: expect.stringMatching(/^UN/),
    });
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('are left alone after failures in a row, and tried again later', async () => {
    const carrier = world.client('UPS');
    await world.knobs({ all: { down: true } });
    for (const _ of [1, 2]) await carrier.quote(parcel);
    expect(carrier.breakerOpen).toBe(true);
    await world.reset();
    await eventually(async () => expect(await carrier.quote(parcel)).toMatchObject({ kind: 'DONE' }));
    expect(carrier.breakerOpen).toBe(false);
  });

  it('are UNAVAILABLE where nobody listens', async () => {
    const nowhere = { fedex: 'http://127.0.0.1:9/fedex' };
    const carrier = world.client('FEDEX', { CARRIER_URLS: nowhere });
    expect(await carrier.quote(parcel)).toMatchObject({ kind: 'UNAVAILABLE' });
  });

  it('keep their labels over a restart', async () => {
    const carrier = world.client('UPS');
    const wanted = shipment({ code: 'UPS' });
    const label = valueOf(await carrier.buyLabel(wanted));
    await world.restart();
    expect(valueOf(await carrier.buyLabel(wanted))).toEqual(label);
  });

  it('give FedEx clients a new token when the old one is over', async () => {
    const carrier = world.client('FEDEX');
    valueOf(await carrier.quote(parcel));
    await world.endTokens();
    expect(await carrier.quote(parcel)).toMatchObject({ kind: 'DONE' });
  });
});
