import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { anybody, as, unique } from '../e2e/stack.fixture.ts';
import { bookOf, gateway } from './book.ts';
import { accepted, type Order, orderOf, person, productOf, type Story } from './story.ts';

async function pay(story: Story, body: object): Promise<void> {
  const { made, by } = orderOf(story);
  const client = await person(story, by);
  const options = { idempotencyKey: unique('PAY') };
  story.answer = await client.post(`/api/v1/orders/${made.orderId}/pay`, body, options);
}

Given('Ada pays', async function (this: Story) {
  await pay(this, {});
});

When('Ada pays with {word}', async function (this: Story, token: string) {
  await pay(this, { method: { token } });
});

Then('the gateway has charged {amount} once', async function (this: Story, amount: string) {
  const { totals } = await bookOf(this);
  assert.deepEqual([totals[0]?.captures, totals[0]?.captured], [1, amount]);
});

Then('the gateway has charged {amount} once, over REST', async function (this: Story, amount: string) {
  const { totals, entries } = await bookOf(this);
  assert.deepEqual([totals[0]?.captures, totals[0]?.captured], [1, amount]);
  assert.deepEqual(
    entries.map(({ channel }) => channel),
    ['REST'],
  );
});

Then('the gateway has given {amount} back once', async function (this: Story, amount: string) {
  const { totals } = await bookOf(this);
  assert.deepEqual([totals[0]?.refunds, totals[0]?.refunded], [1, amount]);
});

async function turn(story: Story, knobs: object): Promise<void> {
  story.undo.push(async () => void accepted(await gateway.delete('/knobs')));
  accepted(await gateway.put('/knobs', knobs));
}

Given("the gateway's SOAP side is down", async function (this: Story) {
  await turn(this, { soap: { down: true } });
});

Given('the gateway is down', async function (this: Story) {
  await turn(this, { both: { down: true } });
});

When('the gateway is up again', async function (this: Story) {
  accepted(await gateway.delete('/knobs'));
});

interface Readiness {
  readonly checks: { readonly gateway: { readonly detail: { readonly breaker: string } } };
}

async function breaker(): Promise<string> {
  const { body } = await anybody('payment-adapter').get<Readiness>('/health/ready');
  return body.checks.gateway.detail.breaker;
}

Then('the breaker over SOAP opens', async function () {
  await eventually(async () => assert.equal(await breaker(), 'OPEN'));
});

/** A breaker that is half open lets one payment probe it. */
Then('the breaker over SOAP closes as payments go through', async function (this: Story) {
  const items = [{ productId: productOf(this, 'lamp').productId, qty: 1 }];
  await eventually(
    async () => {
      if ((await breaker()) === 'CLOSED') return;
      const client = await as({ sub: unique('USER') });
      const options = { idempotencyKey: unique('KEY') };
      const { orderId } = accepted(await client.post<Order>('/api/v1/orders', { items }, options));
      accepted(await client.post(`/api/v1/orders/${orderId}/pay`, {}, options));
      assert.equal(await breaker(), 'CLOSED');
    },
    { within: 30_000, every: 1_000 },
  );
});
