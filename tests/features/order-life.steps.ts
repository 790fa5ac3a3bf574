import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import type { Answer } from '@tradewind/testing/http.ts';
import { admin, as, merchant } from '../e2e/stack.fixture.ts';
import { accepted, type Order, orderOf, orderPath, person, type Story } from './story.ts';

When('{person} cancels the order', async function (this: Story, by: string) {
  this.answer = await (await person(this, by)).post(orderPath(this, '/cancel'), { reason: 'a story' });
});

When('an admin cancels the order', async function (this: Story) {
  this.answer = await (await admin()).post(orderPath(this, '/cancel'), { reason: 'a story' });
});

Then('it waits for approval, and is still {CODE}', async function (this: Story, status: string) {
  assert(this.answer, 'nothing was tried');
  const told = accepted(this.answer as Answer<{ status: string; cancellation: string }>);
  assert.deepEqual([this.answer.status, told.status, told.cancellation], [202, status, 'AWAITING_APPROVAL']);
});

When('the same admin approves the cancellation', async function (this: Story) {
  this.answer = await (await admin()).post(orderPath(this, '/cancel/approve'), {});
});

const DECISIONS = { approves: 'approve', rejects: 'reject' } as const;

When(
  /^another admin (approves|rejects) the cancellation$/,
  async function (this: Story, decides: keyof typeof DECISIONS) {
    const other = await as({ sub: 'ADMIN-2', roles: ['ADMIN'] });
    accepted(await other.post(orderPath(this, `/cancel/${DECISIONS[decides]}`), {}));
  },
);

When('the merchant tries to fulfil the order', async function (this: Story) {
  this.answer = await (await merchant()).post(orderPath(this, '/fulfill'), {});
});

Given('the merchant fulfils the order', async function (this: Story) {
  accepted(await (await merchant()).post(orderPath(this, '/fulfill'), {}));
});

Then('the order becomes {CODE}', async function (this: Story, status: string) {
  const client = await person(this, orderOf(this).by);
  await eventually(
    async () => assert.equal(accepted(await client.get<Order>(orderPath(this))).status, status),
    {
      within: 30_000,
    },
  );
});

Then(
  '{person} finds the order in her list as {CODE}',
  async function (this: Story, name: string, status: string) {
    const client = await person(this, name);
    const { made } = orderOf(this);
    await eventually(async () => {
      const { items } = accepted(await client.get<{ items: Order[] }>('/api/v1/orders?customer=me'));
      assert.deepEqual(
        items.map((one) => [one.orderId, one.status]),
        [[made.orderId, status]],
      );
    });
  },
);

Then(/^its history is ([A-Z_, ]+)$/, async function (this: Story, statuses: string) {
  const client = await person(this, orderOf(this).by);
  const { items } = accepted(await client.get<{ items: { status: string }[] }>(orderPath(this, '/history')));
  assert.equal(items.map(({ status }) => status).join(', '), statuses);
});

Then('every event of the order carries that correlation', async function (this: Story) {
  const path = orderPath(this, '/events');
  const { items } = accepted(await (await admin()).get<{ items: { correlationId: string }[] }>(path));
  assert.deepEqual([...new Set(items.map(({ correlationId }) => correlationId))], ['feature-walk']);
});
