import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@tradewind/testing/eventually.ts';
import { type Carrier, type CarrierCode, carrierCodes } from './carrier.ts';
import { type CarriersWorld, names, shipment, startCarriers, valueOf } from './carriers.fixture.ts';

let world: CarriersWorld;

beforeAll(async () => {
  world = await startCarriers();
});
afterEach(() => world.reset());
afterAll(() => world.stop());

const all = ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'];

/** Statuses that were posted about a parcel, as they came, each with a signature that holds. */
function told(carrier: Carrier, code: CarrierCode, trackingNumber: string): string[] {
  return world.received
    .filter(({ path }) => path === `/callbacks/${names[code]}`)
    .map(({ headers, body }) => valueOf(carrier.verifyCallback(headers, body)))
    .filter((update) => update.trackingNumber === trackingNumber)
    .flatMap(({ events }) => events.map(({ status }) => status));
}

describe.each(carrierCodes)('callbacks of %s', (code) => {
  it('tell each event once', async () => {
    const carrier = world.client(code);
    await world.knobs({ callbackUrl: world.callbackUrl, timeScale: 200 });
    const { trackingNumber } = valueOf(await carrier.buyLabel(shipment({ code })));
    await eventually(() => expect(told(carrier, code, trackingNumber)).toEqual(all));
  });

  it('come twice and in disorder where the knobs say so', async () => {
    const carrier = world.client(code);
    const all = { duplicates: true, shuffle: true };
    await world.knobs({ all, callbackUrl: world.callbackUrl, timeScale: 50 });
    const { trackingNumber } = valueOf(await carrier.buyLabel(shipment({ code })));
    await eventually(() => expect(told(carrier, code, trackingNumber)).toHaveLength(8));
    const order = told(carrier, code, trackingNumber);
    expect(order.indexOf('IN_TRANSIT')).toBeLessThan(order.lastIndexOf('PICKED_UP'));
  });

  it('go on after a parcel was delivered by hand', async () => {
    const carrier = world.client(code);
    await world.knobs({ callbackUrl: world.callbackUrl });
    const { trackingNumber } = valueOf(await carrier.buyLabel(shipment({ code })));
    await world.deliver(code, trackingNumber);
    await eventually(() => expect(told(carrier, code, trackingNumber).toSorted()).toEqual(all.toSorted()));
  });

  it('are believed only with their signature, and only for a while', async () => {
    const carrier = world.client(code);
    await world.knobs({ callbackUrl: world.callbackUrl, timeScale: 1_000 });
    const { trackingNumber } = valueOf(await carrier.buyLabel(shipment({ code })));
    await eventually(() => expect(told(carrier, code, trackingNumber)).toHaveLength(4));
    const last = world.received.findLast((it) => it.body.includes(trackingNumber));
    const { headers = {}, body = Buffer.alloc(0) } = last ?? {};
    const forged = Buffer.from(body.toString().replaceAll(trackingNumber, 'another'));
    const refusal = (changed: object, bytes = body) =>
      carrier.verifyCallback({ ...headers, ...changed }, bytes);
    const badly = { kind: 'REFUSED', code: 'BAD_SIGNATURE' };
    expect(refusal({}, forged)).toMatchObject(badly);
    expect(refusal({ 'carrier-timestamp': '1700000000' })).toMatchObject(badly);
    expect(refusal({ 'carrier-signature': undefined })).toMatchObject(badly);
    const signed = (timestamp: number, text: string) => ({
      'carrier-timestamp': String(timestamp),
      'carrier-signature': `sha256=${createHmac('sha256', 'signing-word').update(`${timestamp}.${text}`).digest('hex')}`,
    });
    const now = Math.floor(Date.now() / 1_000);
    expect(refusal(signed(now - 3_600, body.toString()))).toMatchObject({ code: 'STALE_CALLBACK' });
    expect(refusal(signed(now, '{}'), Buffer.from('{}'))).toMatchObject({ code: 'MALFORMED_CALLBACK' });
  });
});
