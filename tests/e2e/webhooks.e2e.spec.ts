import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  bodySignature,
  type DeliveryView,
  openPartner,
  type Partner,
  subscribe,
  type Subscription,
  verify,
} from './partner.fixture.ts';
import { goods, type Product } from './shop.fixture.ts';
import { merchant, refusal } from './stack.fixture.ts';

const path = '/api/v1/webhooks/subscriptions';
interface CatalogueItem {
  eventType: string;
  schemaVersion: string;
  resource: string;
  example: { payload: Record<string, unknown> };
}
let partner: Partner;
let staff: HttpClient;
let product: Product;
const made: string[] = [];

beforeAll(async () => {
  [partner, staff, product] = [await openPartner(), await merchant(), await goods()];
});
afterEach(async () => {
  for (const id of made.splice(0)) await staff.delete(`${path}/${id}`);
  partner.answers(() => 204);
  partner.hooks.splice(0);
});
afterAll(() => partner.close());

/** Only of changes of products: every test changes its own. */
async function toProducts(more = {}): Promise<Subscription> {
  const subscription = await subscribe(partner.url, ['ecommerce.product.product.*'], more);
  made.push(subscription.subscriptionId);
  return subscription;
}

async function rename({ productId }: Product, name: string): Promise<void> {
  expect((await staff.patch(`/api/v1/products/${productId}`, { name })).status).toBe(200);
}

const mine = () => partner.hooks.filter(({ event }) => event.partitionKey === product.productId);
const names = () => mine().map(({ event }) => event.payload['name']);
const deliveriesOf = async ({ subscriptionId }: Subscription): Promise<readonly DeliveryView[]> =>
  (await staff.get<{ items: DeliveryView[] }>(`${path}/${subscriptionId}/deliveries`)).body.items;

describe('a partner', () => {
  it('gets the event, signed, as the standard and as we say', async () => {
    const subscription = await toProducts();
    await rename(product, 'Signed');
    await eventually(() => expect(names()).toEqual(['Signed']));
    const [hook] = mine();
    verify(hook!, subscription.secret);
    expect(hook?.headers).toMatchObject({
      'x-bv-signature': bodySignature(hook!, subscription.secret),
      'x-bv-event': 'ecommerce.product.product.updated.v1',
      'webhook-id': hook?.event.eventId,
    });
    await eventually(async () => {
      const [delivery] = await deliveriesOf(subscription);
      expect(delivery).toMatchObject({
        deliveryId: hook?.headers['x-bv-delivery'],
        eventId: hook?.event.eventId,
        status: 'DELIVERED',
        attempts: [{ status: 204 }],
      });
    });
  });

  it('that asks for a new secret gets both signatures for a while', async () => {
    const before = await toProducts();
    const { body: after } = await staff.post<Subscription>(`${path}/${before.subscriptionId}/rotate-secret`);
    expect(after.secret).not.toBe(before.secret);
    await rename(product, 'Rotated');
    await eventually(() => expect(names()).toEqual(['Rotated']));
    const [hook] = mine();
    for (const { secret } of [before, after]) verify(hook!, secret);
    expect(hook?.headers['x-bv-signature']).toBe(bodySignature(hook!, after.secret));
    const { body: shown } = await staff.get(`${path}/${before.subscriptionId}`);
    expect(JSON.stringify(shown)).not.toContain('whsec_');
  });

  it('that asks to be pinged is pinged at once', async () => {
    const subscription = await toProducts();
    const ping = () => staff.post<DeliveryView>(`${path}/${subscription.subscriptionId}/ping`);
    expect((await ping()).body).toMatchObject({ status: 'DELIVERED', attempts: [{ status: 204 }] });
    expect(partner.hooks[0]?.headers['x-bv-event']).toBe('ping');
    verify(partner.hooks[0]!, subscription.secret);
    partner.answers(() => 500);
    expect((await ping()).body).toMatchObject({
      status: 'FAILED',
      attempts: [{ status: 500, error: 'HTTP_500' }],
    });
  });

  it('that fails is tried again, at once where asked for; the next of the product waits until then', async () => {
    const subscription = await toProducts();
    partner.answers(() => 500);
    for (const name of ['First', 'Second']) await rename(product, name);
    const failed = await eventually(async () => {
      const found = await deliveriesOf(subscription);
      expect(found.map(({ attempts }) => attempts)).toMatchObject([[], [{ status: 500, error: 'HTTP_500' }]]);
      return found[1];
    });
    partner.answers(() => 204);
    await staff.post(`/api/v1/webhooks/deliveries/${failed?.deliveryId}/redeliver`);
    await eventually(() => expect(names()).toEqual(['First', 'First', 'Second']));
    expect(mine()[1]?.headers['webhook-id']).toBe(mine()[0]?.headers['webhook-id']);
  });

  it('that is gone is disabled; enabled again it is caught up in order, under the same ids', async () => {
    const subscription = await toProducts();
    partner.answers(() => 410);
    for (const name of ['One', 'Two', 'Three']) await rename(product, name);
    const shown = () => staff.get<Subscription>(`${path}/${subscription.subscriptionId}`);
    await eventually(async () =>
      expect((await shown()).body).toMatchObject({
        status: 'DISABLED',
        reason: expect.stringContaining('GONE') as string,
      }),
    );
    await eventually(async () =>
      expect((await deliveriesOf(subscription)).map(({ status }) => status)).toEqual([
        'HELD',
        'HELD',
        'HELD',
      ]),
    );
    const undelivered = await staff.get<{ items: DeliveryView[] }>(
      `${path}/${subscription.subscriptionId}/undelivered`,
    );
    expect(undelivered.body.items).toHaveLength(3);
    const refused = partner.hooks.splice(0);
    partner.answers(() => 204);
    const enabled = await staff.patch(`${path}/${subscription.subscriptionId}`, { status: 'ACTIVE' });
    expect(enabled.body).toMatchObject({ status: 'ACTIVE', reason: null, failures: 0 });
    await eventually(() => expect(names()).toEqual(['One', 'Two', 'Three']));
    expect(mine()[0]?.headers['webhook-id']).toBe(refused[0]?.headers['webhook-id']);
  });

  it('that had missed something gets it again, one or a range', async () => {
    const subscription = await toProducts();
    const from = new Date(Date.now() - 60_000).toISOString();
    await rename(product, 'Again');
    await eventually(async () => expect((await deliveriesOf(subscription))[0]?.status).toBe('DELIVERED'));
    const [delivery] = await deliveriesOf(subscription);
    const again = await staff.post(`/api/v1/webhooks/deliveries/${delivery?.deliveryId}/redeliver`);
    expect([again.status, again.body]).toMatchObject([202, { eventId: delivery?.eventId }]);
    await eventually(() => expect(names()).toEqual(['Again', 'Again']));
    const range = { from, to: new Date(Date.now() + 60_000).toISOString(), status: 'DELIVERED' };
    await eventually(async () => {
      const { body } = await staff.post(`${path}/${subscription.subscriptionId}/redeliver`, range);
      expect(body).toEqual({ redelivered: 1, more: false });
    });
    await eventually(() => expect(names()).toEqual(['Again', 'Again', 'Again']));
    expect(new Set(mine().map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    await eventually(async () => {
      const [shown] = await deliveriesOf(subscription);
      expect([shown?.status, shown?.attempts.length]).toEqual(['DELIVERED', 3]);
    });
  });
});

describe('a subscription', () => {
  const good = { url: 'https://partner.example/hooks', eventTypes: ['ecommerce.order.*'] };
  it.each([
    [{ ...good, url: 'nowhere' }, 400, 'URL_INVALID'],
    [{ ...good, url: 'ftp://partner.example/' }, 400, 'URL_INVALID'],
    [{ ...good, url: 'https://me:secret@partner.example/' }, 400, 'URL_INVALID'],
    [{ ...good, eventTypes: ['ecommerce.order.order.flown.v1'] }, 422, 'UNKNOWN_EVENT_TYPE'],
    [{ ...good, eventTypes: [] }, 400, 'VALIDATION_FAILED'],
    [{ ...good, secret: 'whsec_c2hvcnQ=' }, 400, 'SECRET_INVALID'],
    [{ ...good, more: 1 }, 400, 'VALIDATION_FAILED'],
  ])('%j is refused', async (body, status, code) => {
    expect(refusal(await staff.post(path, body))).toEqual([status, code]);
  });

  it('made twice with one key is one; changed with an old version it is not', async () => {
    const options = { idempotencyKey: `SUB-${product.productId}` };
    const one = await staff.post<Subscription>(path, good, options);
    const two = await staff.post<Subscription>(path, good, options);
    made.push(one.body.subscriptionId);
    expect([two.status, two.body, two.headers.get('idempotent-replayed')]).toEqual([201, one.body, 'true']);
    const place = one.headers.get('location') ?? '';
    expect((await staff.patch(place, { status: 'PAUSED' }, { version: 1 })).body).toMatchObject({
      version: 2,
    });
    expect(refusal(await staff.patch(place, { rateLimit: 5 }, { version: 1 }))).toEqual([
      409,
      'VERSION_CONFLICT',
    ]);
    expect((await staff.delete(place)).status).toBe(204);
    expect(refusal(await staff.get(place))).toEqual([404, 'SUBSCRIPTION_NOT_FOUND']);
  });

  it('takes no field where the path says all: a secret for a rotation would be lost unseen', async () => {
    const { subscriptionId } = await toProducts();
    const body = { secret: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
    for (const place of [
      `${path}/${subscriptionId}/rotate-secret`,
      `${path}/${subscriptionId}/ping`,
      `/api/v1/webhooks/deliveries/${subscriptionId}/redeliver`,
    ])
      expect(refusal(await staff.post(place, body))).toEqual([400, 'VALIDATION_FAILED']);
    expect((await staff.post(`${path}/${subscriptionId}/ping`, {})).status).toBe(200);
  });

  it("is its tenant's, and can be made for every event of the catalogue", async () => {
    const subscription = await toProducts();
    const other = await merchant('STORE-2');
    expect(refusal(await other.get(`${path}/${subscription.subscriptionId}`))).toEqual([
      404,
      'SUBSCRIPTION_NOT_FOUND',
    ]);
    const { body } = await staff.get<{ items: CatalogueItem[] }>('/api/v1/webhooks/event-types');
    for (const { eventType, schemaVersion, resource, example } of body.items) {
      const partitionKey = example.payload[resource];
      expect(example).toMatchObject({ eventType, schemaVersion, partitionKey });
    }
    const all = await subscribe(
      partner.url,
      body.items.map(({ eventType }) => eventType),
    );
    made.push(all.subscriptionId);
  });
});
