import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { merchant, unique, urlOf } from '../e2e/stack.fixture.ts';
import { accepted, orderOf, person, productOf, type Story, subjectOf } from './story.ts';

const PREFERENCES = '/api/v1/notifications/preferences';
const OF_STORE = `${PREFERENCES}?recipient=store:STORE-1`;
const TEMPLATES = '/api/v1/notification-templates';

/** The place where all that is sent ends on this stack. */
const mailbox = httpClient(urlOf('mailbox'));

interface Kept {
  readonly channel: string;
  readonly subject: string | null;
  readonly text: string;
  readonly repeats: number;
}
interface Notification {
  readonly template: string;
  readonly deliveries: readonly {
    readonly channel: string;
    readonly status: string;
    readonly code: string | null;
    readonly attempts: number;
  }[];
}
interface Preferences {
  readonly channels: object;
  readonly locale: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly pushToken: string | null;
  readonly slackChannel: string | null;
}

const addressOf = (story: Story): string => `${subjectOf(story, 'Ada').toLowerCase()}@example.com`;
/** A number that nobody else has in any story. */
const phoneOf = (story: Story): string =>
  `+49${BigInt(`0x${subjectOf(story, 'Ada').slice('ADA-'.length)}`)
    .toString()
    .padStart(13, '1')
    .slice(-13)}`;

async function keptFor(address: string): Promise<readonly Kept[]> {
  const path = `/messages?to=${encodeURIComponent(address)}`;
  return accepted(await mailbox.get<{ items: Kept[] }>(path)).items;
}

async function wish(story: Story, wishes: object): Promise<void> {
  const client = await person(story, 'Ada');
  accepted(await client.put(PREFERENCES, { email: addressOf(story), ...wishes }));
}

Given('Ada reads her mail', async function (this: Story) {
  await wish(this, {});
});

Given(/^Ada reads her mail in ([a-zA-Z-]+)$/, async function (this: Story, locale: string) {
  await wish(this, { locale });
});

Given('Ada wants no mail', async function (this: Story) {
  await wish(this, { channels: { TRANSACTIONAL: { EMAIL: false } } });
});

Given('Ada wants mail and SMS', async function (this: Story) {
  await wish(this, { phone: phoneOf(this), channels: { TRANSACTIONAL: { SMS: true } } });
});

Given('the mail server is away for one message', async function (this: Story) {
  this.undo.push(async () => void accepted(await mailbox.delete('/_control/knobs')));
  accepted(await mailbox.put('/_control/knobs', { EMAIL: { mode: 'DOWN', to: addressOf(this), times: 1 } }));
});

Then('Ada has the mail {string}', async function (this: Story, words: string) {
  await eventually(async () => {
    const mails = (await keptFor(addressOf(this))).filter(({ subject }) => subject?.includes(words));
    assert.deepEqual(
      mails.map(({ subject, repeats }) => [subject?.includes(orderOf(this).made.orderId), repeats]),
      [[true, 0]],
    );
  });
});

Then('Ada has no mail', async function (this: Story) {
  assert.deepEqual(await keptFor(addressOf(this)), []);
});

Then('Ada has an SMS about the order', async function (this: Story) {
  await eventually(async () => {
    const [sms, ...others] = await keptFor(phoneOf(this));
    assert.deepEqual([sms?.channel, others.length], ['SMS', 0]);
    assert(sms?.text.includes(orderOf(this).made.orderId), sms?.text);
  });
});

async function noted(story: Story): Promise<readonly Notification[]> {
  const path = `/api/v1/notifications?resource=order:${orderOf(story).made.orderId}`;
  return accepted(await (await person(story, 'Ada')).get<{ items: Notification[] }>(path)).items;
}

Then(
  /^the shop notes that ([a-z-]+) by ([A-Z]+) is ([A-Z]+), because ([A-Z_]+)$/,
  async function (this: Story, ...expected: string[]) {
    await eventually(async () => {
      const found = (await noted(this)).flatMap(({ template, deliveries }) =>
        deliveries.map(({ channel, status, code }) => [template, channel, status, code]),
      );
      assert.deepEqual(found, [expected]);
    });
  },
);

Then('it took {int} attempts', async function (this: Story, attempts: number) {
  await eventually(async () => {
    const [notification] = await noted(this);
    const [mail] = notification?.deliveries ?? [];
    assert.deepEqual([mail?.status, mail?.attempts], ['SENT', attempts]);
  });
});

Given("the merchant reads the shop's chat", async function (this: Story) {
  const staff = await merchant();
  const { channels, locale, email, phone, pushToken, slackChannel } = accepted(
    await staff.get<Preferences>(OF_STORE),
  );
  const before = { channels, locale, email, phone, pushToken, slackChannel };
  this.chat = `#${unique('story').toLowerCase()}`;
  accepted(await staff.put(OF_STORE, { ...before, slackChannel: this.chat }));
  this.undo.push(async () => void accepted(await (await merchant()).put(OF_STORE, before)));
});

async function chatSays(story: Story, ...words: string[]): Promise<void> {
  await eventually(async () => {
    const texts = (await keptFor(story.chat ?? '')).map(({ text }) => text);
    const found = texts.filter((text) => words.every((word) => text.includes(word)));
    assert.equal(found.length, 1, texts.join('\n'));
  });
}

Then('the chat says that lamps are low', async function (this: Story) {
  await chatSays(this, productOf(this, 'lamp').sku, 'is low');
});

Then('the chat says that it is disabled, because it is GONE', async function (this: Story) {
  await chatSays(this, this.partner?.subscription.subscriptionId ?? 'no subscription', 'is disabled', 'GONE');
});

When(
  /^the merchant writes "(.*)" over mails of canceled orders in ([a-zA-Z-]+)$/,
  async function (this: Story, subject: string, locale: string) {
    const staff = await merchant();
    const place = { channel: 'EMAIL', locale };
    const text = { key: 'order-canceled', ...place, subject, body: '<p>{{orderId}}</p>' };
    accepted(await staff.post(TEMPLATES, text));
    const path = `${TEMPLATES}/order-canceled?${new URLSearchParams(place).toString()}`;
    this.undo.push(async () => void accepted(await (await merchant()).delete(path)));
  },
);
