import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { refusal, urlOf } from './stack.fixture.ts';
import { becomes, goods, order, pay, shopper } from './shop.fixture.ts';

interface Total {
  readonly captures: number;
  readonly captured: string;
  readonly refunds: number;
}

/** What the gateway's own book says of an order. */
async function book({ orderId }: { orderId: string }): Promise<Total | undefined> {
  const response = await fetch(`${urlOf('payment-gateway')}/book?orderId=${orderId}`);
  const { totals } = (await response.json()) as { totals: Total[] };
  return totals[0];
}

describe('paying', () => {
  it('is declined by the gateway with 402, and may be tried again with another card', async () => {
    const client = await shopper();
    const made = await order(client, await goods());
    expect(refusal(await pay(client, made, 'tok_decline'))).toEqual([402, 'PAYMENT_DECLINED']);
    await becomes(client, made, 'PENDING');
    expect((await pay(client, made, 'tok_visa')).status).toBe(200);
    expect(await book(made)).toMatchObject({ captures: 1 });
  });

  it.each(['tok_fault', 'tok_malformed', 'tok_duplicate_callback', 'tok_latency_800'])(
    'with %s is paid all the same, and once',
    async (magic) => {
      const client = await shopper();
      const made = await order(client, await goods());
      expect([200, 202]).toContain((await pay(client, made, magic)).status);
      await becomes(client, made, 'PAID', 60_000);
      expect(await book(made)).toMatchObject({ captures: 1, captured: '12.50' });
    },
  );

  it('answers 202 where the outcome is not known, and settles by itself', async () => {
    const client = await shopper();
    const made = await order(client, await goods());
    const answer = await pay(client, made, 'tok_timeout_10s');
    expect([answer.status, answer.body.status]).toEqual([202, 'PAYMENT_PENDING']);
    await becomes(client, made, 'PAID', 90_000);
    expect(await book(made)).toMatchObject({ captures: 1 });
  });

  it('is answered as paid to the same key, when it was settled after the first answer', async () => {
    const client = await shopper();
    const made = await order(client, await goods());
    const again = () => pay(client, made, 'tok_timeout_10s', `once-${made.orderId}`);
    expect((await again()).status).toBe(202);
    await becomes(client, made, 'PAID', 90_000);
    expect((await again()).status).toBe(200);
    expect(await book(made)).toMatchObject({ captures: 1 });
  });

  it('that was charged without an answer is found by asking, never charged again', async () => {
    const client = await shopper();
    const made = await order(client, await goods());
    expect([200, 202]).toContain((await pay(client, made, 'tok_timeout')).status);
    await becomes(client, made, 'PAID', 60_000);
    expect(await book(made)).toMatchObject({ captures: 1 });
  });

  it('many times at once charges once', async () => {
    const client = await shopper();
    const made = await order(client, await goods());
    const answers = await Promise.all(Array.from({ length: 10 }, () => pay(client, made)));
    for (const { status } of answers) expect([200, 202, 409]).toContain(status);
    await becomes(client, made, 'PAID');
    await eventually(async () => expect(await book(made)).toMatchObject({ captures: 1 }));
    expect(refusal(await pay(client, made))).toEqual([409, 'ORDER_NOT_PAYABLE']);
  });

  it('and cancelling at once: one wins, and the money follows', async () => {
    const client = await shopper();
    for (let round = 0; round < 5; round++) {
      const made = await order(client, await goods());
      const [payment, cancellation] = await Promise.all([
        pay(client, made),
        client.post(`/api/v1/orders/${made.orderId}/cancel`, {}),
      ]);
      const paid = payment.status === 200 || payment.status === 202;
      expect(paid, `pay ${payment.status}, cancel ${cancellation.status}`).toBe(cancellation.status !== 200);
      await becomes(client, made, paid ? 'PAID' : 'CANCELED');
      const entry = await book(made);
      expect((entry?.captures ?? 0) - (entry?.refunds ?? 0)).toBe(paid ? 1 : 0);
    }
  });
});
