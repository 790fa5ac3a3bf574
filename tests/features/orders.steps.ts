import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import type { Answer, HttpClient } from '@tradewind/testing/http.ts';
import { as, unique } from '../e2e/stack.fixture.ts';
import {
  accepted,
  isRefusal,
  itemsOf,
  type Order,
  orderOf,
  person,
  productOf,
  type Story,
  stranger,
} from './story.ts';
import type { Wish } from './words.ts';

const PATH = '/api/v1/orders';
const bodyOf = (story: Story, wishes: readonly Wish[]) => ({ items: itemsOf(story, wishes) });

/** Asks until the shop knows the things' prices, which may take a moment after they were added. */
async function ask(
  client: HttpClient,
  body: object,
  key = unique('KEY'),
  headers = {},
): Promise<Answer<Order>> {
  return eventually(async () => {
    const answer = await client.post<Order>(PATH, body, { idempotencyKey: key, headers });
    assert(!isRefusal(answer, 422, 'UNKNOWN_PRODUCT'), 'the shop does not know it yet');
    return answer;
  });
}

async function order(story: Story, by: string, body: object, headers = {}): Promise<void> {
  const key = unique('KEY');
  const made = accepted(await ask(await person(story, by), body, key, headers));
  story.order = { made, by, key, body };
}

Given('{person} orders {wishes}', async function (this: Story, by: string, wishes: Wish[]) {
  await order(this, by, bodyOf(this, wishes));
});

When(
  '{person} orders {wishes} as correlation {string}',
  async function (this: Story, by: string, wishes: Wish[], correlation: string) {
    await order(this, by, bodyOf(this, wishes), { 'correlation-id': correlation });
  },
);

const withCode = (story: Story, wishes: readonly Wish[], code = story.code) => ({
  ...bodyOf(story, wishes),
  discountCodes: [code],
});

Given('{person} orders {wishes} with the code', async function (this: Story, by: string, wishes: Wish[]) {
  await order(this, by, withCode(this, wishes));
});

When('{person} asks for {wishes} with the code', async function (this: Story, by: string, wishes: Wish[]) {
  this.answer = await ask(await person(this, by), withCode(this, wishes));
});

When('Ada asks for {wishes} with a code that nobody gave her', async function (this: Story, wishes: Wish[]) {
  this.answer = await ask(await person(this, 'Ada'), withCode(this, wishes, unique('GUESS')));
});

/** The code comes back with the event of what was canceled. */
Then('{person} can order {wishes} with the code', async function (this: Story, by: string, wishes: Wish[]) {
  const client = await person(this, by);
  await eventually(async () => accepted(await ask(client, withCode(this, wishes))));
});

Given(
  '{person} orders {wishes} in {CODE}',
  async function (this: Story, by: string, wishes: Wish[], currency: string) {
    await order(this, by, { ...bodyOf(this, wishes), currency });
  },
);

When('{person} asks for {wishes}', async function (this: Story, by: string, wishes: Wish[]) {
  this.answer = await ask(await person(this, by), bodyOf(this, wishes));
});

When('Ada asks for {wishes} in a currency without a rate', async function (this: Story, wishes: Wish[]) {
  this.answer = await ask(await person(this, 'Ada'), { ...bodyOf(this, wishes), currency: 'ISK' });
});

When('a stranger asks for {wishes}', async function (this: Story, wishes: Wish[]) {
  this.answer = await ask(stranger(), bodyOf(this, wishes));
});

When('Ada asks for something that is not sold', async function (this: Story) {
  const body = { items: [{ productId: unique('NOTHING'), qty: 1 }] };
  this.answer = await (await person(this, 'Ada')).post(PATH, body, { idempotencyKey: unique('KEY') });
});

When('Ada asks for a lamp at a price of her own', async function (this: Story) {
  const body = { items: [{ productId: productOf(this, 'lamp').productId, qty: 1, price: '0.01' }] };
  this.answer = await (await person(this, 'Ada')).post(PATH, body, { idempotencyKey: unique('KEY') });
});

When('Ada sends the same order again', async function (this: Story) {
  const { key, body } = orderOf(this);
  this.answer = await (await person(this, 'Ada')).post(PATH, body, { idempotencyKey: key });
});

When('Ada sends an order of {wishes} under the same key', async function (this: Story, wishes: Wish[]) {
  const { key } = orderOf(this);
  this.answer = await (await person(this, 'Ada')).post(PATH, bodyOf(this, wishes), { idempotencyKey: key });
});

async function crowd(story: Story, many: number, body: object): Promise<void> {
  const shoppers = await Promise.all(Array.from({ length: many }, () => as({ sub: unique('USER') })));
  story.answers = await Promise.all(shoppers.map((client) => ask(client, body)));
}

When(
  '{int} shoppers order {wishes} each at the same time',
  async function (this: Story, many: number, wishes: Wish[]) {
    await crowd(this, many, bodyOf(this, wishes));
  },
);

When(
  '{int} shoppers order {wishes} each with the code at the same time',
  async function (this: Story, many: number, wishes: Wish[]) {
    await crowd(this, many, withCode(this, wishes));
  },
);

Then(
  '{int} of them have an order, and {int} are refused with {int} {CODE}',
  function (this: Story, good: number, bad: number, status: number, code: string) {
    assert.equal(this.answers.filter((answer) => answer.status === 201).length, good);
    assert.equal(this.answers.filter((answer) => isRefusal(answer, status, code)).length, bad);
  },
);

Then('it is the same order', function (this: Story) {
  assert(this.answer, 'nothing was sent');
  assert.equal(this.answer.headers.get('idempotent-replayed'), 'true');
  assert.deepEqual(accepted(this.answer), orderOf(this).made);
});

Then(
  'the order is {CODE} and costs {amount} {CODE}',
  function (this: Story, status: string, total: string, currency: string) {
    const { made } = orderOf(this);
    assert.deepEqual([made.status, made.totalAmount, made.currency], [status, total, currency]);
  },
);

Then('orders of the lamp cost {amount} USD', async function (this: Story, total: string) {
  const body = bodyOf(this, [{ thing: 'lamp', qty: 1 }]);
  await eventually(async () => {
    assert.equal(accepted(await ask(await person(this, 'Ada'), body)).totalAmount, total);
  });
});
