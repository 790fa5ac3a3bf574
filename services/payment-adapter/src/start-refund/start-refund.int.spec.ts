import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { type Adapter, startWorld, type World } from '#payment-adapter.fixture.ts';

let world: World;
let adapter: Adapter;

beforeAll(async () => {
  world = await startWorld();
  adapter = await world.startAdapter();
});
afterEach(() => world.simulator.delete('/knobs'));
afterAll(() => world.stop());

describe('POST /api/v1/payments/{paymentId}/refunds', () => {
  it('pays back in parts, each once, never more than was captured', async () => {
    const ids = { paymentId: newId(), orderId: newId() };
    await adapter.pay(ids);
    const first = newId();
    const replies = await Promise.all([1, 2, 3].map(() => adapter.refund(ids.paymentId, first, '2.50')));
    for (const { status, body } of replies) expect([status, body.status]).toEqual([200, 'REFUNDED']);
    const tooMuch = await adapter.refund(ids.paymentId, newId(), '10.01');
    expect([tooMuch.status, tooMuch.body.code]).toEqual([409, 'REFUND_EXCEEDS_CAPTURE']);
    const rest = newId();
    expect((await adapter.refund(ids.paymentId, rest)).body).toMatchObject({
      status: 'REFUNDED',
      amount: '10.00',
    });
    expect(await world.book(first)).toHaveLength(1);
    expect(await world.book(rest)).toHaveLength(1);
    expect(await world.ledger(ids.paymentId)).toEqual(['CAPTURE 1250', 'REFUND 250', 'REFUND 1000']);
    expect(await world.events(ids.orderId)).toEqual([
      '1 authorized',
      '2 captured',
      '3 refunded',
      '4 refunded',
    ]);
  });

  it('lets one of two racing refunds of the whole win', async () => {
    const { paymentId } = (await adapter.pay()).body;
    const replies = await Promise.all([
      adapter.refund(paymentId, newId()),
      adapter.refund(paymentId, newId()),
    ]);
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(await world.ledger(paymentId)).toEqual(['CAPTURE 1250', 'REFUND 1250']);
  });

  it('refunds nothing that was not captured', async () => {
    const { paymentId } = (await adapter.pay({ token: 'tok_decline' })).body;
    expect((await adapter.refund(paymentId, newId())).body).toMatchObject({ code: 'PAYMENT_NOT_CAPTURED' });
    expect((await adapter.refund(newId(), newId())).status).toBe(404);
  });

  it('goes on until the gateway is back', async () => {
    const { paymentId } = (await adapter.pay()).body;
    await world.simulator.put('/knobs', { both: { down: true } });
    const refundId = newId();
    expect((await adapter.refund(paymentId, refundId)).body.status).toBe('PENDING');
    await world.simulator.delete('/knobs');
    await eventually(
      async () => expect(await adapter.show(paymentId)).toMatchObject({ refunds: [{ status: 'REFUNDED' }] }),
      {
        within: 20_000,
      },
    );
    expect(await world.book(refundId)).toHaveLength(1);
  });
});
