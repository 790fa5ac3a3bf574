import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { type Adapter, startWorld, type World } from '#payment-adapter.fixture.ts';

let world: World;
let adapter: Adapter;

beforeAll(async () => {
  world = await startWorld();
  adapter = await world.startAdapter();
});
afterAll(() => world.stop());

/** A payment that was given up, and that the gateway captures afterwards: a call that hung on the way. */
async function capturedTooLate() {
  const ids = { paymentId: newId(), orderId: newId() };
  await world.simulator.put('/knobs', { both: { down: true } });
  expect((await adapter.pay(ids)).status).toBe(503);
  await world.simulator.delete('/knobs');
  const { paymentId: idempotencyKey, orderId } = ids;
  await world.simulator.post('/payments', { idempotencyKey, orderId, amount: '12.50', currency: 'USD' });
  return ids;
}

const callback = (paymentId: string) =>
  adapter.http.post('/api/v1/payments/callbacks', { idempotencyKey: paymentId, status: 'CAPTURED' });

const paidBack = (paymentId: string) =>
  eventually(async () => expect(await world.ledger(paymentId)).toEqual(['CAPTURE 1250', 'REFUND 1250']));

describe('a capture that is found after its payment was given up', () => {
  it('is paid back, once, however often it is found', async () => {
    const { paymentId, orderId } = await capturedTooLate();
    await Promise.all([1, 2, 3].map(() => callback(paymentId)));
    await paidBack(paymentId);
    await callback(paymentId);
    expect(await world.book(`late-${paymentId}`)).toMatchObject([{ kind: 'REFUND', status: 'REFUNDED' }]);
    expect(await world.events(orderId)).toEqual(['1 failed', '2 authorized', '3 captured', '4 refunded']);
    expect(await adapter.show(paymentId)).toMatchObject({
      status: 'FAILED',
      code: 'PAYMENT_UNAVAILABLE',
      refunds: [{ refundId: `late-${paymentId}`, status: 'REFUNDED', amount: '12.50' }],
    });
  });

  it('leaves the order free to be paid anew', async () => {
    const { paymentId, orderId } = await capturedTooLate();
    const second = newId();
    expect((await adapter.pay({ paymentId: second, orderId })).body.status).toBe('CAPTURED');
    await callback(paymentId);
    await paidBack(paymentId);
    expect(await world.ledger(second)).toEqual(['CAPTURE 1250']);
    expect((await adapter.refund(paymentId, newId())).status).toBe(409);
  });
});
