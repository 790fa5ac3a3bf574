import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { type Adapter, startWorld, type World } from '#payment-adapter.fixture.ts';

let world: World;
let adapter: Adapter;

beforeAll(async () => {
  world = await startWorld();
  // Breakers have their own test: here none may open.
  adapter = await world.startAdapter({ PAYMENT_BREAKER_HALF_OPEN_MS: '1' });
});
afterEach(() => world.simulator.delete('/knobs'));
afterAll(() => world.stop());

describe('POST /api/v1/payments', () => {
  it('captures once, however often it is asked', async () => {
    const ids = { paymentId: newId(), orderId: newId() };
    const replies = await Promise.all(Array.from({ length: 5 }, () => adapter.pay(ids)));
    const again = await adapter.pay(ids);
    for (const { status, body } of [...replies, again]) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'CAPTURED', code: '00' });
    }
    expect(await world.book(ids.paymentId)).toEqual([
      expect.objectContaining({ amount: '12.50', channel: 'SOAP' }),
    ]);
    expect(await world.ledger(ids.paymentId)).toEqual(['CAPTURE 1250']);
    expect(await world.events(ids.orderId)).toEqual(['1 authorized', '2 captured']);
  });

  it('refuses the same paymentId for another amount, order or tenant', async () => {
    const ids = { paymentId: newId(), orderId: newId() };
    await adapter.pay(ids);
    const otherAmount = await adapter.pay({ ...ids, amount: '12.51' });
    const otherOrder = await adapter.pay({ ...ids, orderId: newId() });
    const token = await world.issuer.token({ sub: 'order', roles: ['SERVICE'], storeId: 'STORE-2' });
    const body = { ...ids, amount: '12.50', currency: 'USD' };
    const otherTenant = await httpClient(adapter.process.url, token).post('/api/v1/payments', body);
    for (const { status, body: problem } of [otherAmount, otherOrder, otherTenant]) {
      expect(status).toBe(409);
      expect(problem).toMatchObject({ code: 'PAYMENT_ID_REUSED' });
    }
    const unseen = await httpClient(adapter.process.url, token).get(`/api/v1/payments/${ids.paymentId}`);
    expect(unseen.status).toBe(404);
  });

  it('gives an order a second payment only after the first has failed', async () => {
    const orderId = newId();
    const declined = await adapter.pay({ orderId, token: 'tok_decline' });
    expect(declined.body).toMatchObject({ status: 'FAILED', code: 'CARD_DECLINED' });
    const paid = await adapter.pay({ orderId });
    expect(paid.body.status).toBe('CAPTURED');
    const third = await adapter.pay({ orderId });
    expect(third.status).toBe(409);
    expect(third.body).toMatchObject({ code: 'ORDER_HAS_PAYMENT', paymentId: paid.body.paymentId });
    expect(await world.events(orderId)).toEqual(['1 failed', '2 authorized', '3 captured']);
    const list = await adapter.http.get(`/api/v1/payments?orderId=${orderId}`);
    expect(list.body).toMatchObject({
      items: [{ status: 'FAILED' }, { status: 'CAPTURED' }],
      nextCursor: null,
    });
  });

  it.each([
    ['a timeout after the charge', 'tok_timeout', 'SOAP'],
    ['XML that does not parse', 'tok_malformed', 'SOAP'],
    ['faults over SOAP', 'tok_fault', 'REST'],
  ])('captures once through %s', async (_case, token, channel) => {
    const { body } = await adapter.pay({ token });
    const payment = await world.settled(adapter, body.paymentId);
    expect(payment.status).toBe('CAPTURED');
    expect(await world.book(body.paymentId)).toEqual([
      expect.objectContaining({ status: 'CAPTURED', channel }),
    ]);
    expect(await world.ledger(body.paymentId)).toEqual(['CAPTURE 1250']);
  });

  it('answers PENDING at the deadline and settles by itself', async () => {
    const { status, body } = await adapter.pay({ token: 'tok_timeout_2s', deadlineMs: 100 });
    expect([status, body.status]).toEqual([200, 'PENDING']);
    expect((await world.settled(adapter, body.paymentId)).status).toBe('CAPTURED');
    expect(await world.book(body.paymentId)).toHaveLength(1);
  });

  it('charges by REST while SOAP is down', async () => {
    await world.simulator.put('/knobs', { soap: { down: true } });
    const { body } = await adapter.pay();
    expect(body.status).toBe('CAPTURED');
    expect(await world.book(body.paymentId)).toEqual([expect.objectContaining({ channel: 'REST' })]);
  });

  it('says 503 where nothing can be reached, and has charged nothing', async () => {
    await world.stopGateway();
    const ids = { paymentId: newId(), orderId: newId() };
    const { status, body } = await adapter.pay(ids);
    expect([status, body.code]).toEqual([503, 'PAYMENT_UNAVAILABLE']);
    expect(await adapter.show(ids.paymentId)).toMatchObject({
      status: 'FAILED',
      code: 'PAYMENT_UNAVAILABLE',
    });
    await world.restartGateway();
    expect(await world.book(ids.paymentId)).toEqual([]);
    expect((await adapter.pay({ orderId: ids.orderId })).body.status).toBe('CAPTURED');
    expect(await world.events(ids.orderId)).toEqual(['1 failed', '2 authorized', '3 captured']);
  });

  it('keeps every try, and a ledger that nobody can change', async () => {
    const { body } = await adapter.pay({ token: 'tok_timeout', deadlineMs: 5_000 });
    await eventually(async () => {
      const { rows } = await world.sql.query<{ step: string }>(
        `select channel || ' ' || action || ' ' || outcome as step from payment_attempts
         where payment_id = $1 order by claim, try`,
        [body.paymentId],
      );
      expect(rows.map(({ step }) => step)).toEqual(['SOAP SEND TIMEOUT', 'SOAP QUERY CAPTURED']);
    });
    const change = world.sql.query('update payment_ledger set amount = 1 where payment_id = $1', [
      body.paymentId,
    ]);
    await expect(change).rejects.toThrow('append-only');
  });

  it.each([
    [{ amount: '0.00' }, 'INVALID_AMOUNT'],
    [{ amount: '1.005' }, 'INVALID_AMOUNT'],
    [{ paymentId: '' }, 'VALIDATION_FAILED'],
  ])('refuses %o', async (part, code) => {
    const { status, body } = await adapter.pay(part);
    expect([status, body.code]).toEqual([400, code]);
  });

  it('is for services and administrators only', async () => {
    const customer = httpClient(adapter.process.url, await world.issuer.token());
    expect((await customer.get(`/api/v1/payments/${newId()}`)).status).toBe(403);
  });
});
