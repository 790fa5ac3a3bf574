import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import type { Answer } from '@tradewind/testing/http.ts';
import { merchant } from '../e2e/stack.fixture.ts';
import { bookOf } from './book.ts';
import { accepted, itemsOf, orderPath, person, type Story } from './story.ts';
import type { Wish } from './words.ts';

interface Return {
  readonly returnId: string;
  readonly status: string;
  readonly refundAmount: string | null;
}

async function askToReturn(story: Story, name: string, wishes: readonly Wish[]): Promise<Answer<Return>> {
  const body = { items: itemsOf(story, wishes), reason: 'too bright' };
  return (await person(story, name)).post<Return>(orderPath(story, '/returns'), body);
}

Given('Ada wants to send {wishes} back', async function (this: Story, wishes: Wish[]) {
  this.returnId = accepted(await askToReturn(this, 'Ada', wishes)).returnId;
});

When('{person} tries to send {wishes} back', async function (this: Story, name: string, wishes: Wish[]) {
  this.answer = await askToReturn(this, name, wishes);
});

const decisionPath = (story: Story, decision: string): string =>
  orderPath(story, `/returns/${story.returnId}/${decision}`);

When('the merchant agrees to the return', async function (this: Story) {
  accepted(await (await merchant()).post(decisionPath(this, 'approve'), {}));
});

When('Ada agrees to the return', async function (this: Story) {
  this.answer = await (await person(this, 'Ada')).post(decisionPath(this, 'approve'), {});
});

When('the merchant refuses the return', async function (this: Story) {
  accepted(await (await merchant()).post(decisionPath(this, 'reject'), { reason: 'worn' }));
});

async function theReturn(story: Story): Promise<Return | undefined> {
  const client = await person(story, 'Ada');
  const { items } = accepted(await client.get<{ items: Return[] }>(orderPath(story, '/returns')));
  return items.find(({ returnId }) => returnId === story.returnId);
}

Then('the return becomes {CODE}', async function (this: Story, status: string) {
  await eventually(async () => assert.equal((await theReturn(this))?.status, status));
});

Then(
  'the return becomes {CODE}, and {amount} goes back',
  async function (this: Story, status: string, amount: string) {
    await eventually(async () => {
      const shown = await theReturn(this);
      assert.deepEqual([shown?.status, shown?.refundAmount], [status, amount]);
    });
  },
);

const refund = async (story: Story, amount: string): Promise<Answer> =>
  (await merchant()).post(orderPath(story, '/refunds'), { amount });

When('the merchant pays {amount} back', async function (this: Story, amount: string) {
  this.answer = await refund(this, amount);
});

When(
  '{int} clerks pay {amount} back at the same time',
  async function (this: Story, many: number, amount: string) {
    this.answers = await Promise.all(Array.from({ length: many }, () => refund(this, amount)));
  },
);

Then(
  'the gateway has given {amount} back in {int} parts',
  async function (this: Story, amount: string, parts: number) {
    await eventually(async () => {
      const [totals] = (await bookOf(this)).totals;
      assert.deepEqual([totals?.refunded, totals?.refunds], [amount, parts]);
    });
  },
);

Then('the gateway has given nothing back', async function (this: Story) {
  assert.equal((await bookOf(this)).totals[0]?.refunds, 0);
});
