import { eventually } from '@tradewind/testing/eventually.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { startProcess, type ServiceProcess } from '@tradewind/testing/service-process.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentOf } from './processes.fixture.ts';
import { becomes, goods, order, pay, stockOf } from './shop.fixture.ts';
import { refusal, token, unique } from './stack.fixture.ts';

/** A second order service beside the stack's own, whose orders are to be paid within two seconds. */
let impatient: ServiceProcess;
beforeAll(async () => {
  impatient = await startProcess('order', { ...environmentOf('order'), TW_ORDER_TTL_MS: '2000' });
});
afterAll(() => impatient.stop());

const client = async () => httpClient(impatient.url, await token({ sub: unique('USER') }));

describe('an order that nobody pays in time', () => {
  it('expires, and its stock is for sale again', async () => {
    const [shopper, product] = [await client(), await goods({ onHand: 3 })];
    const made = await order(shopper, product, 3);
    expect(await stockOf(product)).toMatchObject({ reserved: 3 });
    await becomes(shopper, made, 'EXPIRED');
    await eventually(async () => expect(await stockOf(product)).toMatchObject({ onHand: 3, reserved: 0 }));
    expect(refusal(await pay(shopper, made))).toEqual([409, 'ORDER_NOT_PAYABLE']);
    expect(refusal(await shopper.post(`/api/v1/orders/${made.orderId}/cancel`, {}))).toEqual([
      409,
      'ORDER_NOT_CANCELABLE',
    ]);
  });

  it('does not expire while its payment is under way', async () => {
    const [shopper, product] = [await client(), await goods({ onHand: 3 })];
    const made = await order(shopper, product);
    const answer = await pay(shopper, made, 'tok_timeout_10s');
    expect(answer.status).toBe(202);
    const paid = await becomes(shopper, made, 'PAID', 90_000);
    expect(paid.status).toBe('PAID');
  });
});

describe('SIGTERM', () => {
  it('ends a service with 0 within ten seconds', async () => {
    const one = await startProcess('order', environmentOf('order'));
    const began = performance.now();
    expect(await one.stop('SIGTERM')).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
