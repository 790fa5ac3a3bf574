import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import type { Answer, HttpClient } from '@tradewind/testing/http.ts';
import { admin, as, merchant, type Problem, unique } from '../e2e/stack.fixture.ts';
import {
  accepted,
  isRefusal,
  type Order,
  orderOf,
  person,
  productOf,
  type Story,
  stranger,
} from './story.ts';
import type { Wish } from './words.ts';

const PATH = '/api/v1/orders';
const pathOf = (story: Story): string => `${PATH}/${orderOf(story).made.orderId}`;

const bodyOf = (story: Story, wishes: readonly Wish[]) => ({
  items: wishes.map(({ thing, qty }) => ({ productId: productOf(story, thing).productId, qty })),
});

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

When('{person} asks for {wishes}', async function (this: Story, by: string, wishes: Wish[]) {
  this.answer = await ask(await person(this, by), bodyOf(this, wishes));
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

When(
  '{int} shoppers order {wishes} each at the same time',
  async function (this: Story, many: number, wishes: Wish[]) {
    const shoppers = await Promise.all(Array.from({ length: many }, () => as({ sub: unique('USER') })));
    this.answers = await Promise.all(shoppers.map((client) => ask(client, bodyOf(this, wishes))));
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

When('{person} cancels the order', async function (this: Story, by: string) {
  this.answer = await (await person(this, by)).post(`${pathOf(this)}/cancel`, { reason: 'a story' });
});

When('an admin cancels the order', async function (this: Story) {
  this.answer = await (await admin()).post(`${pathOf(this)}/cancel`, { reason: 'a story' });
});

Given('the merchant fulfils the order', async function (this: Story) {
  accepted(await (await merchant()).post(`${pathOf(this)}/fulfill`, {}));
});

Then('the order becomes {CODE}', async function (this: Story, status: string) {
  const client = await person(this, orderOf(this).by);
  await eventually(async () => assert.equal(accepted(await client.get<Order>(pathOf(this))).status, status), {
    within: 30_000,
  });
});

Then(
  '{person} finds the order in her list as {CODE}',
  async function (this: Story, name: string, status: string) {
    const client = await person(this, name);
    const { made } = orderOf(this);
    await eventually(async () => {
      const { items } = accepted(await client.get<{ items: Order[] }>(`${PATH}?customer=me`));
      assert.deepEqual(
        items.map((one) => [one.orderId, one.status]),
        [[made.orderId, status]],
      );
    });
  },
);

Then(/^its history is ([A-Z_, ]+)$/, async function (this: Story, statuses: string) {
  const client = await person(this, orderOf(this).by);
  const { items } = accepted(await client.get<{ items: { status: string }[] }>(`${pathOf(this)}/history`));
  assert.equal(items.map(({ status }) => status).join(', '), statuses);
});

Then('every event of the order carries that correlation', async function (this: Story) {
  const path = `${pathOf(this)}/events`;
  const { items } = accepted(await (await admin()).get<{ items: { correlationId: string }[] }>(path));
  assert.deepEqual([...new Set(items.map(({ correlationId }) => correlationId))], ['feature-walk']);
});

Then('it is refused with {int} {CODE}', function (this: Story, status: number, code: string) {
  assert(this.answer, 'nothing was tried');
  const problem = this.answer.body as Problem;
  assert.deepEqual([this.answer.status, problem.code], [status, code]);
});

Then('it is accepted', function (this: Story) {
  assert(this.answer, 'nothing was tried');
  accepted(this.answer);
});

Then(
  'one of them is told {int} {CODE} with the version that it is',
  function (this: Story, status: number, code: string) {
    const good = this.answers.filter((answer) => answer.status < 300);
    const bad = this.answers.filter((answer) => isRefusal(answer, status, code));
    assert.deepEqual([good.length, bad.length], [1, this.answers.length - 1]);
    const [{ body: stored }, { body: told }] = [good[0]!, bad[0]!];
    assert.equal((told as Problem)['currentVersion'], (stored as { version: number }).version);
  },
);
