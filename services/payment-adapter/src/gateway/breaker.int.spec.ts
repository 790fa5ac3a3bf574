import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@tradewind/testing/eventually.ts';
import { type Adapter, startWorld, type World } from '#payment-adapter.fixture.ts';

let world: World;
let adapter: Adapter;

beforeAll(async () => {
  world = await startWorld();
  adapter = await world.startAdapter();
});
afterAll(() => world.stop());

const history = async () => {
  const { rows } = await world.sql.query<{ state: string }>('select state from breaker_history order by id');
  return rows.map(({ state }) => state);
};

describe('breaker over SOAP', () => {
  it('opens, lets REST carry on, and closes after a probe', async () => {
    await world.simulator.put('/knobs', { soap: { down: true } });
    const first = await adapter.pay();
    expect(first.body.status).toBe('CAPTURED');
    await eventually(async () => expect(await history()).toEqual(['OPEN']));
    const ready = await adapter.http.get('/health/ready');
    expect(ready.body).toMatchObject({
      ready: true,
      checks: { gateway: { ok: false, detail: { breaker: 'OPEN' } } },
    });
    expect((await adapter.http.get<string>('/metrics')).body).toMatch(/payment_breaker_state\{[^}]*\} 2/);

    await world.simulator.delete('/knobs');
    await eventually(async () => {
      expect((await adapter.pay()).body.status).toBe('CAPTURED');
      expect((await history()).slice(-2)).toEqual(['HALF_OPEN', 'CLOSED']);
    });
    const { body } = await adapter.pay();
    expect(await world.book(body.paymentId)).toEqual([expect.objectContaining({ channel: 'SOAP' })]);
  });
});
