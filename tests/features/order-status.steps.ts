import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { openSocket, type OrderSocket } from '../e2e/push-clients.fixture.ts';
import { orderOf, type Story, tokenOf } from './story.ts';

/** Somebody's connection; the first time it is needed it is opened. */
async function socketOf(story: Story, name: string): Promise<OrderSocket> {
  const known = story.sockets.get(name);
  if (known) return known;
  const opened = await openSocket(await tokenOf(story, name));
  story.sockets.set(name, opened);
  story.undo.push(async () => opened.ws.terminate());
  return opened;
}

const statusesOf = (story: Story, socket: OrderSocket): string[] =>
  socket.told(orderOf(story).made.orderId).map((one) => one.split('@')[0] ?? '');

const errorsOf = (socket: OrderSocket): (string | undefined)[] =>
  socket.frames.filter(({ type }) => type === 'error').map(({ code }) => code);

Given('{person} watches the order', async function (this: Story, name: string) {
  const socket = await socketOf(this, name);
  socket.say({ type: 'subscribe', orderId: orderOf(this).made.orderId });
});

Given('{person} watches her orders', async function (this: Story, name: string) {
  const socket = await socketOf(this, name);
  socket.say({ type: 'subscribe', channel: 'me' });
  await eventually(() => assert.equal(socket.frames[0]?.type, 'subscribed'));
});

Then(/^(Ada|Bob) is told ([A-Z_, ]+)$/, async function (this: Story, name: string, statuses: string) {
  const socket = await socketOf(this, name);
  await eventually(() => assert.equal(statusesOf(this, socket).join(', '), statuses));
  const versions = socket.told(orderOf(this).made.orderId).map((one) => Number(one.split('@')[1]));
  assert.deepEqual(
    versions,
    versions.toSorted((a, b) => a - b),
  );
});

When("{person}'s connection breaks", async function (this: Story, name: string) {
  const socket = await socketOf(this, name);
  socket.ws.terminate();
  await socket.closed;
  this.sockets.delete(name);
});

When('{person} comes back and says that she knows PENDING', async function (this: Story, name: string) {
  const socket = await socketOf(this, name);
  socket.say({ type: 'subscribe', orderId: orderOf(this).made.orderId, version: 1 });
});

When('{person} says {string} to the service', async function (this: Story, name: string, words: string) {
  (await socketOf(this, name)).ws.send(words);
});

Then('{person} is refused {CODE}', async function (this: Story, name: string, code: string) {
  const socket = await socketOf(this, name);
  await eventually(() => assert.deepEqual(errorsOf(socket), [code]));
});

Then('{person} was told nothing', async function (this: Story, name: string) {
  assert.deepEqual(statusesOf(this, await socketOf(this, name)), []);
});

When('a stranger wants to listen', async function (this: Story) {
  this.refused = await openSocket('a.b.c').then(
    () => 'let in',
    (error: Error) => error.message,
  );
});

Then('the stranger is not let in', function (this: Story) {
  assert.match(this.refused ?? '', /\b401$/);
});
