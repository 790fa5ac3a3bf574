import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { goods, type Order, order } from './shop.fixture.ts';
import { admin, as, merchant, refusal, unique, urlOf } from './stack.fixture.ts';

interface Notification {
  readonly notificationId: string;
  readonly template: string;
  readonly deliveries: readonly {
    readonly deliveryId: string;
    readonly channel: string;
    readonly status: string;
    readonly code: string | null;
    readonly attempts: number;
  }[];
}
interface Kept {
  readonly subject: string;
  readonly text: string;
  readonly repeats: number;
}

const preferences = '/api/v1/notifications/preferences';
const mailbox = () => httpClient(urlOf('mailbox'));
const knobs = (body: object) => mailbox().put('/_control/knobs', body);
afterEach(() => knobs({}));

/** A customer with an address of their own. */
async function somebody(wishes: object = {}) {
  const sub = unique('READER');
  const email = `${sub.toLowerCase()}@example.com`;
  const client = await as({ sub });
  expect((await client.put(preferences, { email, ...wishes })).status).toBe(200);
  const mails = async () => (await mailbox().get<{ items: Kept[] }>(`/messages?to=${email}`)).body.items;
  return { sub, email, client, mails };
}

const told = async (client: HttpClient, { orderId }: Order) =>
  (await client.get<{ items: Notification[] }>(`/api/v1/notifications?resource=order:${orderId}`)).body.items;

const outcomes = async (client: HttpClient, about: Order) =>
  (await told(client, about)).flatMap(({ template, deliveries }) =>
    deliveries.map(({ channel, status, code }) => [template, channel, status, code]),
  );

describe('notifications', () => {
  it("tell a customer of an order in the customer's language, in the store's words", async () => {
    const { client, mails } = await somebody({ locale: 'de-AT' });
    const [placed, staff] = [await order(client, await goods()), await merchant()];
    await eventually(async () =>
      expect(await mails()).toMatchObject([
        {
          subject: `Ihre Bestellung ${placed.orderId} ist da`,
          text: expect.stringContaining(`${placed.totalAmount} USD`),
        },
      ]),
    );
    const text = { key: 'order-canceled', channel: 'EMAIL', locale: 'de-AT' };
    const added = await staff.post('/api/v1/notification-templates', {
      ...{ ...text, subject: 'Servus, {{orderId}}', body: '<p>Storniert: {{orderId}}</p>' },
    });
    expect(added.status).toBe(201);
    await client.post(`/api/v1/orders/${placed.orderId}/cancel`, {});
    await eventually(async () => expect((await mails())[0]?.subject).toBe(`Servus, ${placed.orderId}`));
    const place = `channel=EMAIL&locale=de-AT`;
    expect((await staff.delete(`/api/v1/notification-templates/order-canceled?${place}`)).status).toBe(204);
  });

  it('leave those alone who said no, and say so', async () => {
    const { client, mails } = await somebody({ channels: { TRANSACTIONAL: { EMAIL: false } } });
    const placed = await order(client, await goods());
    await eventually(async () =>
      expect(await outcomes(client, placed)).toEqual([
        ['order-created', 'EMAIL', 'SUPPRESSED', 'PREFERENCE'],
      ]),
    );
    expect(await mails()).toEqual([]);
  });

  it('wait for a sink that is away, and arrive once', async () => {
    const { client, email, mails } = await somebody();
    await knobs({ EMAIL: { mode: 'DOWN', to: email, times: 2 } });
    const placed = await order(client, await goods());
    await eventually(async () =>
      expect(await outcomes(client, placed)).toEqual([['order-created', 'EMAIL', 'SENT', null]]),
    );
    expect((await mails()).map(({ repeats }) => repeats)).toEqual([0]);
    expect((await told(client, placed))[0]?.deliveries[0]?.attempts).toBe(3);
  });

  it('that were refused are sent when staff try again', async () => {
    const { client, email, mails } = await somebody();
    await knobs({ EMAIL: { mode: 'REFUSE', to: email, times: 1 } });
    const placed = await order(client, await goods());
    await eventually(async () =>
      expect(await outcomes(client, placed)).toEqual([['order-created', 'EMAIL', 'FAILED', 'REFUSED']]),
    );
    const [notification] = await told(client, placed);
    const { notificationId } = notification ?? {};
    const path = `/api/v1/notifications/${notificationId}/deliveries/${notification?.deliveries[0]?.deliveryId}/retry`;
    expect(refusal(await client.post(path, {}))).toEqual([403, 'FORBIDDEN']);
    expect((await (await merchant()).post(path)).status).toBe(202);
    await eventually(async () => expect(await mails()).toHaveLength(1));
  });

  it('reach the address of the account, and are erased with the customer', async () => {
    const boss = await admin();
    const email = `${unique('account').toLowerCase()}@example.com`;
    const made = await boss.post<{ customerId: string }>('/api/v1/customers', { email, name: 'Grace' });
    const { customerId } = made.body;
    const known = () => boss.get(`${preferences}?recipient=${customerId}`);
    await eventually(async () => expect((await known()).body).toMatchObject({ accountEmail: email }));
    const placed = await order(await as({ sub: customerId }), await goods());
    const mails = () => mailbox().get<{ items: Kept[] }>(`/messages?to=${email}`);
    await eventually(async () => expect((await mails()).body.items).toHaveLength(1));
    expect((await boss.delete(`/api/v1/customers/${customerId}`)).status).toBe(204);
    await eventually(async () => {
      const [notification] = await told(boss, placed);
      expect(notification?.deliveries).toMatchObject([{ status: 'SENT', address: null, body: null }]);
      expect((await known()).body).toMatchObject({ accountEmail: null });
    });
    expect(refusal(await boss.get(`/api/v1/customers/${customerId}`))).toEqual([404, 'CUSTOMER_NOT_FOUND']);
  });

  it("come by a store's chat to the store only", async () => {
    const { sub, client } = await somebody();
    const refused = [422, 'CHAT_IS_OF_STORES'];
    const chat = { channels: { TRANSACTIONAL: { SLACK: true } } };
    expect(refusal(await client.put(preferences, chat))).toEqual(refused);
    expect(refusal(await client.put(preferences, { slackChannel: '#general' }))).toEqual(refused);
    const [staff, not] = [await merchant(), { channels: { TRANSACTIONAL: { SLACK: false } } }];
    expect(refusal(await staff.put(`${preferences}?recipient=${sub}`, chat))).toEqual(refused);
    expect((await client.put(preferences, not)).status).toBe(200);
  });

  it('are seen by nobody else', async () => {
    const { sub, client } = await somebody();
    const placed = await order(client, await goods());
    const [notification] = await eventually(async () => {
      const list = await told(client, placed);
      expect(list).toHaveLength(1);
      return list;
    });
    const path = `/api/v1/notifications/${notification?.notificationId}`;
    expect((await client.get(path)).status).toBe(200);
    const [other, foreign] = [await as({ sub: unique('OTHER') }), await admin('STORE-2')];
    for (const stranger of [other, foreign]) {
      expect(refusal(await stranger.get(path))).toEqual([404, 'NOTIFICATION_NOT_FOUND']);
    }
    const theirs = `?recipient=${sub}`;
    expect(refusal(await other.get(`${preferences}${theirs}`))).toEqual([404, 'RECIPIENT_NOT_FOUND']);
    expect(refusal(await other.put(`${preferences}${theirs}`, {}))).toEqual([404, 'RECIPIENT_NOT_FOUND']);
    expect(refusal(await other.get(`/api/v1/notifications${theirs}`))).toEqual([404, 'RECIPIENT_NOT_FOUND']);
  });

  it('say what is wrong with a text before anybody gets it', async () => {
    const staff = await merchant();
    const text = { channel: 'EMAIL', subject: 'Paid', body: 'Thank you, {{customerName}}' };
    const refused = [422, 'TEMPLATE_INVALID'];
    const templates = '/api/v1/notification-templates';
    expect(refusal(await staff.post(templates, { key: 'order-paid', locale: 'en', ...text }))).toEqual(
      refused,
    );
    expect(refusal(await staff.post(`${templates}/order-paid/preview`, text))).toEqual(refused);
    const preview = await staff.post(`${templates}/order-paid/preview`, { channel: 'EMAIL', locale: 'de' });
    expect(preview).toMatchObject({ status: 200, body: { locale: 'de', version: 0 } });
  });
});
