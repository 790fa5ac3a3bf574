import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { openStream, type Stream, type StreamOptions } from '../e2e/push-clients.fixture.ts';
import { token } from '../e2e/stack.fixture.ts';
import { orderOf, person, type Story } from './story.ts';

const SALES = ['flash-sale.started', 'flash-sale.changed', 'flash-sale.ended'];

async function listen(
  story: Story,
  path: string,
  events: readonly string[],
  options?: StreamOptions,
): Promise<void> {
  const stream = openStream(path, events, options);
  story.stream = stream;
  story.undo.push(async () => stream.source.close());
  await eventually(() => assert.equal(stream.source.readyState, stream.source.OPEN));
}

function streamOf({ stream }: Story): Stream {
  assert(stream, 'nobody listens in this story');
  return stream;
}

Given('a page listens for flash sales', async function (this: Story) {
  await listen(this, '/sse/flash-sales?store=STORE-1', SALES);
});

Then(/^the page hears of the sale: ([a-z, ]+)$/, async function (this: Story, news: string) {
  await eventually(() => {
    const own = streamOf(this).told.filter(({ data }) => data['saleId'] === this.saleId);
    assert.equal(own.map(({ event }) => event.replace('flash-sale.', '')).join(', '), news);
  });
});

When('the page loses its connection', function (this: Story) {
  streamOf(this).source.close();
});

When('the page comes back and says what it heard last', async function (this: Story) {
  const lastEventId = streamOf(this).told.at(-1)?.id;
  await listen(this, '/sse/flash-sales?store=STORE-1', SALES, { lastEventId });
});

When('a page wants to listen to the orders as Ada', async function (this: Story) {
  this.answer = await (await person(this, 'Ada')).get('/sse/orders');
});

Given("an admin's dashboard listens to the orders", async function (this: Story) {
  const bearer = await token({ sub: 'ADMIN-1', roles: ['ADMIN'] });
  await listen(this, '/sse/orders', ['order.status'], { token: bearer });
});

Then(/^the dashboard hears of the order: ([A-Z_, ]+)$/, async function (this: Story, statuses: string) {
  const { orderId } = orderOf(this).made;
  await eventually(() => {
    const own = streamOf(this).told.filter(({ data }) => data['orderId'] === orderId);
    assert.equal(own.map(({ data }) => String(data['status'])).join(', '), statuses);
  });
});
