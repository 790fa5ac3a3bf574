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

describe('POST /api/v1/payments/callbacks', () => {
  it('changes nothing when the gateway sends each twice', async () => {
    const callbackUrl = `${adapter.process.url}/api/v1/payments/callbacks`;
    await world.simulator.put('/knobs', { callbackUrl, both: { duplicateCallback: true } });
    const ids = { paymentId: newId(), orderId: newId() };
    expect((await adapter.pay(ids)).body.status).toBe('CAPTURED');
    await eventually(async () => {
      const { body } = await adapter.http.get<string>('/metrics');
      const line = body
        .split('\n')
        .find((it) => it.startsWith('http_server_duration_ms_count') && it.includes('callbacks'));
      expect(line).toMatch(/ 2$/);
    });
    expect(await world.ledger(ids.paymentId)).toEqual(['CAPTURE 1250']);
    expect(await world.events(ids.orderId)).toEqual(['1 authorized', '2 captured']);
  });

  it('believes nothing of what it is sent', async () => {
    const { paymentId } = (await adapter.pay({ token: 'tok_decline' })).body;
    const lie = { idempotencyKey: paymentId, transactionId: 'txn_made_up', status: 'CAPTURED', code: '00' };
    expect((await adapter.http.post('/api/v1/payments/callbacks', lie)).status).toBe(202);
    expect((await adapter.show(paymentId)).status).toBe('FAILED');
    expect(await world.ledger(paymentId)).toEqual([]);
    const unknown = await adapter.http.post('/api/v1/payments/callbacks', {
      ...lie,
      idempotencyKey: newId(),
    });
    expect(unknown.status).toBe(404);
  });
});
