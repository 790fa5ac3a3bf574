import { describe, expect, it } from 'vitest';
import type { Carrier, Label, Outcome } from '#carriers/carrier.ts';
import { fulfillOrder } from '#fulfill-order/decide.ts';
import { evolve, type MaybeOrder, type Order } from '#order/order.ts';
import { following, given, NOW, pay, rest } from '#order/order.fixture.ts';
import { failShipment, requestShipment } from '#ship-order/decide.ts';
import type { OrderStore } from '#store.ts';
import { SHIP_WITHIN_MS } from './saga.ts';
import { carryOutShipment, type ShipDeps } from './shipment.ts';

const context = { storeId: 'STORE-1', correlationId: 'C', causationId: null };
const label: Label = {
  ...{ trackingNumber: 'N-1', service: 'GROUND', labelUrl: 'http://label' },
  price: { minor: 985n, currency: 'USD' },
};
const done = <T>(value: T) => ({ kind: 'DONE' as const, value });
const away = { kind: 'UNAVAILABLE' as const, detail: 'down' };
const from = { name: 'T', line1: '1 Dock Road', city: 'Newark', postalCode: '07114', country: 'US' };
const LATE = new Date(NOW.getTime() + SHIP_WITHIN_MS);

const asked = following(
  following(pay, (order) => fulfillOrder(order, { ...rest, items: undefined })),
  (order) => requestShipment(order, { ...rest, shipmentId: 'S', carrier: 'UPS', items: undefined }),
);

/** A carrier with one answer to each question, the calls it got, and an order that decisions change. */
function world(answers: { buy?: Outcome<Label>; find?: Outcome<Label | null>; cancel?: Outcome<null> } = {}) {
  const calls: string[] = [];
  let order: Order = given(...asked);
  const carrier = {
    code: 'UPS',
    async quote() {
      calls.push('quote');
      const quote = { service: 'GROUND', serviceName: 'Ground', price: label.price, transitDays: 2 };
      return done([quote]);
    },
    async buyLabel({ shipmentId, service }: { shipmentId: string; service: string }) {
      calls.push(`buy ${shipmentId} ${service}`);
      return answers.buy ?? done(label);
    },
    async findLabel() {
      calls.push('find');
      return answers.find ?? done(null);
    },
    async cancelLabel(trackingNumber: string) {
      calls.push(`cancel ${trackingNumber}`);
      return answers.cancel ?? done(null);
    },
  } as unknown as Carrier;
  const orders = {
    async handle(_: string, decide: (state: MaybeOrder, clock: { now: Date }) => readonly never[]) {
      const events = decide(order, { now: NOW });
      order = events.reduce<Order>((state, event) => evolve(state, event), order);
      return { state: order, version: order.version, events: events.length, duplicate: false };
    },
  } as unknown as OrderStore;
  const deps = {
    ...{ orders, shipFrom: from },
    carriers: { all: [carrier] },
    book: { addressOf: async () => null },
  } as unknown as ShipDeps;
  return {
    calls,
    orders,
    shipment: () => order.shipments[0],
    run: (now?: Date) => carryOutShipment(deps, given(...asked), 'S', { context, withinMs: 100, now }),
  };
}

describe('buying a label', () => {
  it('takes the cheapest service, once', async () => {
    const { run, calls, shipment } = world();
    await run();
    expect(shipment()).toMatchObject({ state: 'SHIPPED', trackingNumber: 'N-1', service: 'GROUND' });
    expect(calls).toEqual(['quote', 'buy S GROUND']);
  });

  it('asks first what became of it when it was tried before', async () => {
    const { run, calls, shipment } = world({ find: done(label) });
    await run(NOW);
    expect([shipment()?.state, calls]).toEqual(['SHIPPED', ['find']]);
  });

  it('takes the label that another try has bought', async () => {
    const buy = { kind: 'REFUSED' as const, code: 'REFERENCE_IN_USE' as const, detail: 'other service' };
    const { run, calls, shipment } = world({ buy, find: done(label) });
    await run();
    expect([shipment()?.state, calls]).toEqual(['SHIPPED', ['quote', 'buy S GROUND', 'find']]);
    const canceled = world({ buy });
    await canceled.run();
    expect(canceled.shipment()).toMatchObject({ state: 'FAILED', refusal: 'REFERENCE_IN_USE' });
  });

  it.each<[string, Parameters<typeof world>[0]]>([
    ['is away', { buy: away }],
    ['gives no usable answer', { buy: { kind: 'UNKNOWN', detail: 'timeout' } }],
    ['does not say what became of it', { find: away }],
  ])('waits while the carrier %s', async (_, answers) => {
    const { run, shipment } = world(answers);
    expect(await run(NOW)).toBeUndefined();
    expect(shipment()?.state).toBe('REQUESTED');
  });

  it('ends where the carrier refuses', async () => {
    const { run, shipment } = world({ buy: { kind: 'REFUSED', code: 'PARCEL_TOO_HEAVY', detail: '99 kg' } });
    await run();
    expect(shipment()).toMatchObject({ state: 'FAILED', refusal: 'PARCEL_TOO_HEAVY' });
  });
});

it('gives the label back where the shipment was given up meanwhile', async () => {
  const first = world();
  await first.run();
  const late = world();
  await late.orders.handle(
    'ORDER-1',
    (order, { now }) =>
      failShipment(order, { shipmentId: 'S', code: 'CARRIER_UNAVAILABLE', reason: null }, now),
    { context },
  );
  await late.run();
  expect([late.shipment()?.state, late.calls.at(-1)]).toEqual(['FAILED', 'cancel N-1']);
  expect(first.calls).not.toContain('cancel N-1');
});

describe('a shipment that has waited too long', () => {
  it('is given up', async () => {
    const { run, calls, shipment } = world();
    await run(LATE);
    expect([shipment()?.state, calls]).toEqual(['FAILED', ['find']]);
  });

  it('gives a label back that was bought for it', async () => {
    const { run, calls, shipment } = world({ find: done(label) });
    await run(LATE);
    expect([shipment()?.state, calls]).toEqual(['FAILED', ['find', 'cancel N-1']]);
  });

  it('is on its way all the same where the carrier has it', async () => {
    const cancel = { kind: 'REFUSED' as const, code: 'ALREADY_PICKED_UP' as const, detail: 'gone' };
    const { run, shipment } = world({ find: done(label), cancel });
    await run(LATE);
    expect(shipment()).toMatchObject({ state: 'SHIPPED', trackingNumber: 'N-1' });
  });

  it.each([
    { find: away, calls: ['find'] },
    { find: done(label), cancel: away, calls: ['find', 'cancel N-1'] },
  ])('stays open while nobody knows: $calls', async ({ calls, ...answers }) => {
    const { run, shipment, calls: made } = world(answers);
    expect(await run(LATE)).toBeUndefined();
    expect([shipment()?.state, made]).toEqual(['REQUESTED', calls]);
  });
});
