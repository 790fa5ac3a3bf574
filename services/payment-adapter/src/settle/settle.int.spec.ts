import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { startWorld, type World } from '#payment-adapter.fixture.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.simulator.delete('/knobs'));
afterAll(() => world.stop());

/** Both channels fail without charging, in a way that does not say so. */
const faults = { both: { faultRate: 1 } };

describe('settle worker', () => {
  it('charges a payment that the gateway never saw, once it works again', async () => {
    const adapter = await world.startAdapter();
    await world.simulator.put('/knobs', faults);
    const { body } = await adapter.pay({ deadlineMs: 6_000 });
    expect(body.status).toBe('PENDING');
    await world.simulator.delete('/knobs');
    expect((await world.settled(adapter, body.paymentId)).status).toBe('CAPTURED');
    expect(await world.book(body.paymentId)).toHaveLength(1);
    await adapter.process.stop();
  });

  it('gives a payment up only when it is old and the gateway does not know it', async () => {
    const adapter = await world.startAdapter({
      PAYMENT_EXPIRE_AFTER_MS: '1000',
      PAYMENT_EXPIRE_GRACE_MS: '500',
    });
    await world.simulator.put('/knobs', faults);
    const ids = { paymentId: newId(), orderId: newId() };
    await adapter.pay({ ...ids, deadlineMs: 0 });
    expect(await world.settled(adapter, ids.paymentId)).toMatchObject({ status: 'FAILED', code: 'EXPIRED' });
    await world.simulator.delete('/knobs');
    expect(await world.book(ids.paymentId)).toEqual([]);
    expect((await adapter.pay({ orderId: ids.orderId })).body.status).toBe('CAPTURED');
    expect(await world.events(ids.orderId)).toEqual(['1 failed', '2 authorized', '3 captured']);
    await adapter.process.stop();
  });

  it('stops in time while the gateway is silent, and leaves the payment to the next process', async () => {
    const adapter = await world.startAdapter();
    const ids = { paymentId: newId(), orderId: newId() };
    const reply = adapter.pay({ ...ids, token: 'tok_timeout_3s', deadlineMs: 20_000 });
    await eventually(async () => expect(await world.book(ids.paymentId)).toHaveLength(1));
    expect(await adapter.process.stop()).toBe(0);
    expect((await reply).body.status).toBe('PENDING');
    const next = await world.startAdapter();
    expect((await world.settled(next, ids.paymentId)).status).toBe('CAPTURED');
    expect(await world.ledger(ids.paymentId)).toEqual(['CAPTURE 1250']);
    await next.process.stop();
  });

  it('shares its work between instances: each payment is settled once', async () => {
    const adapters = await Promise.all([world.startAdapter(), world.startAdapter()]);
    const ids = Array.from({ length: 20 }, () => ({ paymentId: newId(), orderId: newId() }));
    await Promise.all(
      ids.map((each, index) => adapters[index % 2]?.pay({ ...each, token: 'tok_timeout_1s', deadlineMs: 0 })),
    );
    for (const { paymentId, orderId } of ids) {
      const [adapter] = adapters;
      expect((await world.settled(adapter, paymentId)).status).toBe('CAPTURED');
      expect(await world.book(paymentId)).toHaveLength(1);
      expect(await world.ledger(paymentId)).toEqual(['CAPTURE 1250']);
      expect(await world.events(orderId)).toEqual(['1 authorized', '2 captured']);
    }
    await Promise.all(adapters.map(({ process }) => process.stop()));
  });
});
