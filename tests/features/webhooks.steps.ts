import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { Webhook } from 'standardwebhooks';
import {
  bodySignature,
  type DeliveryView,
  type Hook,
  openPartner,
  shortName,
  subscribe,
  type Subscription,
  verify,
} from '../e2e/partner.fixture.ts';
import { merchant } from '../e2e/stack.fixture.ts';
import { eventsOf } from './topics.ts';
import { accepted, orderOf, productOf, type Story, type Thing } from './story.ts';

const PATH = '/api/v1/webhooks/subscriptions';
const JITTER = 0.1;

function partnerOf({ partner }: Story): NonNullable<Story['partner']> {
  assert(partner, 'this story has no partner');
  return partner;
}

const subscriptionPath = (story: Story, rest = ''): string =>
  `${PATH}/${partnerOf(story).subscription.subscriptionId}${rest}`;

const hooksOf = (story: Story, key: string): readonly Hook[] =>
  partnerOf(story).endpoint.hooks.filter(({ event }) => event.partitionKey === key);

const isRenaming = ({ event }: Hook): boolean => event.eventType === 'ecommerce.product.product.updated.v1';

/** The oldest one about the lamp: what is asked about in these stories. */
async function deliveryOf(story: Story): Promise<DeliveryView> {
  const path = subscriptionPath(story, '/deliveries');
  const { items } = accepted(await (await merchant()).get<{ items: DeliveryView[] }>(path));
  const { productId } = productOf(story, 'lamp');
  const first = items.findLast(({ resource }) => resource === productId);
  assert(first, 'nothing is to be delivered');
  return first;
}

const attempted = (story: Story, times: number, status?: string): Promise<DeliveryView> =>
  eventually(async () => {
    const delivery = await deliveryOf(story);
    assert.deepEqual([delivery.attempts.length, delivery.status], [times, status ?? delivery.status]);
    return delivery;
  });

/** The next try now; it counts as the one that was planned. */
async function hurry(story: Story): Promise<void> {
  const { deliveryId } = await deliveryOf(story);
  accepted(await (await merchant()).post(`/api/v1/webhooks/deliveries/${deliveryId}/redeliver`));
}

Given('a partner subscribes to orders and products', async function (this: Story) {
  const endpoint = await openPartner();
  this.undo.push(() => endpoint.close());
  const types = ['ecommerce.order.order.*', 'ecommerce.product.product.*'];
  const subscription = await subscribe(endpoint.url, types);
  this.partner = { endpoint, subscription };
  this.undo.push(async () => void accepted(await (await merchant()).delete(subscriptionPath(this))));
});

Given("the partner's endpoint answers {int}", function (this: Story, status: number) {
  partnerOf(this).endpoint.answers(() => status);
});

Given(
  "the partner's endpoint answers {int} to news of the {thing}",
  function (this: Story, status: number, thing: Thing) {
    const { productId } = productOf(this, thing);
    partnerOf(this).endpoint.answers(({ event }) => (event.partitionKey === productId ? status : 204));
  },
);

When("the partner's endpoint is well again", function (this: Story) {
  partnerOf(this).endpoint.answers(() => 204);
});

When(
  'the merchant renames the {thing} to {string}',
  async function (this: Story, thing: Thing, name: string) {
    const { productId } = productOf(this, thing);
    accepted(await (await merchant()).patch(`/api/v1/products/${productId}`, { name }));
  },
);

Then(/^the partner hears of the order: ([a-z_, ]+)$/, async function (this: Story, news: string) {
  const { orderId } = orderOf(this).made;
  await eventually(() => {
    const heard = hooksOf(this, orderId).map(({ event }) => shortName(event.eventType));
    assert.equal(heard.join(', ').replaceAll('order.', ''), news);
  });
});

Then('the partner hears {string} of the {thing}', async function (this: Story, names: string, thing: Thing) {
  await eventually(() => {
    const heard = hooksOf(this, productOf(this, thing).productId).filter(isRenaming);
    assert.equal(heard.map(({ event }) => String(event.payload['name'])).join(', '), names);
  });
});

Then('the library of Standard Webhooks and a plain hash verify all of it', function (this: Story) {
  const { endpoint, subscription } = partnerOf(this);
  assert(endpoint.hooks.length > 0);
  for (const hook of endpoint.hooks) {
    verify(hook, subscription.secret);
    assert.equal(hook.headers['x-bv-signature'], bodySignature(hook, subscription.secret));
  }
});

Then('a body that was changed on its way does not verify', function (this: Story) {
  const { endpoint, subscription } = partnerOf(this);
  const [hook] = endpoint.hooks;
  assert(hook);
  const headers = hook.headers as Record<string, string>;
  assert.throws(() => new Webhook(subscription.secret).verify(`${hook.body} `, headers));
});

Then('the delivery waits after {int} attempt', async function (this: Story, times: number) {
  await attempted(this, times, 'PENDING');
});

When('the merchant asks for the next try at once', async function (this: Story) {
  await attempted(this, 1);
  await hurry(this);
});

Then(
  'the delivery is {CODE} after {int} attempts',
  async function (this: Story, status: string, times: number) {
    await attempted(this, times, status);
  },
);

Then('both attempts had one webhook-id', function (this: Story) {
  const ids = partnerOf(this).endpoint.hooks.map(({ headers }) => headers['webhook-id']);
  assert.deepEqual([ids.length, new Set(ids).size], [2, 1]);
});

async function plannedAfter(story: Story, attempts: number, seconds: number): Promise<void> {
  await eventually(async () => {
    const { nextAttemptAt, attempts: made } = await attempted(story, attempts, 'PENDING');
    const last = made.at(-1);
    assert(nextAttemptAt !== undefined && last, 'nothing is planned');
    const wait = (Date.parse(nextAttemptAt) - Date.parse(last.at)) / 1_000;
    // The attempt itself takes a moment, and it is from its end that the wait counts.
    const [least, most] = [seconds * (1 - JITTER), seconds * (1 + JITTER) + 5];
    assert(wait >= least && wait <= most, `${wait} s are not about ${seconds}`);
  });
}

Then('the next try is planned after {int} seconds', async function (this: Story, seconds: number) {
  await plannedAfter(this, 1, seconds);
});

Then(
  'after the others, each hurried, after {int}, {int}, {int} and {int} seconds',
  async function (this: Story, first: number, second: number, third: number, fourth: number) {
    for (const [n, seconds] of [first, second, third, fourth].entries()) {
      await hurry(this);
      await plannedAfter(this, n + 2, seconds);
    }
    await hurry(this);
  },
);

Then('it is on the list of what was not delivered', async function (this: Story) {
  const path = subscriptionPath(this, '/undelivered');
  const { items } = accepted(await (await merchant()).get<{ items: DeliveryView[] }>(path));
  const { deliveryId } = await deliveryOf(this);
  // The shop has other orders under way, which the partner hears of as well.
  assert.equal(items.find((one) => one.deliveryId === deliveryId)?.status, 'FAILED');
});

Then(
  'an event tells that it was given up after {int} attempts',
  async function (this: Story, attempts: number) {
    const { subscriptionId } = partnerOf(this).subscription;
    const { deliveryId } = await deliveryOf(this);
    await eventually(async () => {
      const events = await eventsOf('ecommerce.webhook.delivery.failed.v1', subscriptionId);
      assert.deepEqual(
        events.map(({ payload }) => [payload.deliveryId, payload.attempts, payload.status]),
        [[deliveryId, attempts, 500]],
      );
    });
  },
);

Then('the subscription is {CODE}', async function (this: Story, status: string) {
  const client = await merchant();
  await eventually(async () => {
    const shown = accepted(await client.get<Subscription>(subscriptionPath(this)));
    assert.equal(shown.status, status);
  });
});

When('the merchant enables the subscription', async function (this: Story) {
  accepted(await (await merchant()).patch(subscriptionPath(this), { status: 'ACTIVE' }));
});
