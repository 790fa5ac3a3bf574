import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { expect } from 'vitest';
import { device, report } from '../e2e/device.fixture.ts';
import { goods, type Order, order, paidOrder, stockPath } from '../e2e/shop.fixture.ts';
import { admin, as, merchant, unique } from '../e2e/stack.fixture.ts';
import { dropDeadLetters, makeDeadLetters } from './dead-letters.fixture.ts';
import { dropReplays, makeReplays } from './replays.fixture.ts';

/** Of one store, some of them one customer's: what others may see and do of them is what the table is about. */
export interface Things {
  readonly customerId: string;
  /** By what a path has before the parameter, and the parameter: `orders/{orderId}`. */
  readonly inPath: Readonly<Record<string, string>>;
  /** Arguments of the graph that name a thing: `order(id)` of one field, `orderId` of any. */
  readonly inGraph: Readonly<Record<string, string>>;
  /** Query parameters that routes insist on. */
  readonly inQuery: Readonly<Record<string, string>>;
}

async function made<T>(answer: Promise<{ status: number; body: T }>): Promise<T> {
  const { status, body } = await answer;
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  return body;
}

/** What prices are made of, of this product alone: no other test meets it. */
async function makePricing(boss: HttpClient, productId: string): Promise<Readonly<Record<string, string>>> {
  const rules = {
    'flash-sales': {
      ...{ name: 'Walk', productIds: [productId], discountPercent: 25 },
      ...{ startsAt: '2040-01-01T00:00:00Z', endsAt: '2040-01-02T00:00:00Z' },
    },
    promotions: {
      ...{ name: 'Walk', conditions: { productIds: [productId] } },
      effect: { type: 'PERCENTAGE', percent: 1 },
    },
    'discount-codes': { code: unique('WALK'), type: 'PERCENTAGE', value: 10, usageLimit: 1 },
    'price-lists': {
      ...{ name: 'Walk', currency: 'USD', segment: unique('walk').toLowerCase() },
      prices: [{ productId, price: '10.50', minQty: 10 }],
    },
    'currency-rates': { from: 'NOK', to: 'SEK', rate: '0.98', asOf: new Date().toISOString() },
  };
  const things: Record<string, string> = {};
  for (const [kind, body] of Object.entries(rules)) {
    const { status, headers, body: answer } = await boss.post(`/api/v1/${kind}`, body);
    expect(status, `${kind}: ${JSON.stringify(answer)}`).toBe(201);
    things[`${kind}/{id}`] = headers.get('location')?.split('/').at(-1) ?? '';
  }
  return things;
}

export async function makeThings(): Promise<Things> {
  const [boss, staff, product] = [await admin(), await merchant(), await goods()];
  const email = `${unique('c')}@example.com`;
  const { customerId } = await made(
    boss.post<{ customerId: string }>('/api/v1/customers', { email, name: 'Grace' }),
  );
  const owner = await as({ sub: customerId });
  // Known before there is anything to be told.
  await made(owner.put('/api/v1/notifications/preferences', { email }));
  const [open, paid] = [await order(owner, product), await paidOrder(owner, product)];
  const payments = await made(
    boss.get<{ items: { paymentId: string }[] }>(`/api/v1/payments?orderId=${paid.orderId}`),
  );
  const { reservationId } = await made(
    staff.post<{ reservationId: string }>(`${stockPath(product)}/reserve`, { qty: 1 }),
  );
  const { categoryId } = await made(
    staff.post<{ categoryId: string }>('/api/v1/categories', { name: unique('Category') }),
  );
  // One for REST, which takes it away, and one for the graph.
  const other = await made(
    staff.post<{ categoryId: string }>('/api/v1/categories', { name: unique('Category') }),
  );
  const { collectionId } = await made(
    staff.post<{ collectionId: string }>('/api/v1/collections', {
      name: unique('Collection'),
      productIds: [],
    }),
  );
  const { userId } = await made(
    boss.post<{ userId: string }>('/api/v1/users', {
      ...{ email: `${unique('u')}@example.com`, name: 'Ada', roles: ['MERCHANT'] },
    }),
  );
  const { apiTokenId } = await made(
    boss.post<{ apiTokenId: string }>('/api/v1/api-tokens', { name: 'thing', roles: ['CUSTOMER'] }),
  );
  const { role } = await made(
    boss.post<{ role: string }>('/api/v1/roles', {
      ...{ role: unique('ROLE'), description: 'thing', base: 'CUSTOMER', permissions: ['orders:read'] },
    }),
  );
  const returnId = await makeReturn(owner, staff, { ...paid, ...product });
  // What is walked over REST is gone when the graph is asked.
  const [pricing, inGraph] = [
    await makePricing(boss, product.productId),
    await makePricing(boss, product.productId),
  ];
  const cart = await makeCart(owner, product.productId);
  const notification = await makeNotification(boss, customerId);
  const webhook = await makeWebhook(staff, product.productId);
  const deviceId = await makeDevice(staff, product.sku);
  return {
    customerId,
    inPath: {
      'products/{id}': product.productId,
      'translations/{locale}': 'de',
      'categories/{id}': categoryId,
      'collections/{id}': collectionId,
      ...pricing,
      ...webhook,
      ...{ 'carts/{cartId}': cart.cartId, 'items/{itemId}': cart.itemId, 'codes/{code}': 'WALK' },
      'stores/{storeId}': 'STORE-1',
      'inventory/{sku}': product.sku,
      'inventory/{productId}': product.productId,
      'devices/{deviceId}': deviceId,
      'device-readings/{readingId}': `${deviceId}-short::1`,
      'reservations/{id}': reservationId,
      'orders/{orderId}': open.orderId,
      // Its order is looked at first.
      'returns/{returnId}': open.orderId,
      'carrier-callbacks/{carrier}': 'ups',
      'notifications/{notificationId}': notification.notificationId,
      'deliveries/{deliveryId}': notification.deliveryId,
      'notification-templates/{key}': 'order-expired',
      'payments/{paymentId}': payments.items[0]?.paymentId ?? '',
      'users/{userId}': userId,
      'customers/{customerId}': customerId,
      'api-tokens/{apiTokenId}': apiTokenId,
      'roles/{role}': role,
      'dead-letters/{deadLetterId}': await makeDeadLetters('STORE-1'),
      ...(await makeReplays()),
      // Nobody has a summary of a day before the first event.
      'sales-summary/{date}': '2000-01-01',
    },
    inGraph: {
      ...{ productId: product.productId, sku: product.sku, storeId: 'STORE-1' },
      ...{ orderId: open.orderId, 'order(id)': open.orderId, id: product.productId },
      'createFlashSale(productIds)': product.productId,
      ...{ ...cart, 'cart(id)': cart.cartId, customerId },
      ...{ ...named(['category', 'updateCategory', 'deleteCategory'], other.categoryId), locale: 'de' },
      ...named(['collection', 'replaceCollection'], collectionId),
      ...named(['reservation', 'confirmReservation', 'releaseReservation'], reservationId),
      ...{ ...returning('approveReturn', paid, returnId), ...returning('rejectReturn', paid, returnId) },
      ...named(['flashSale', 'updateFlashSale', 'endFlashSale'], inGraph['flash-sales/{id}']),
      ...named(['promotion', 'updatePromotion', 'deletePromotion'], inGraph['promotions/{id}']),
      ...named(['discountCode', 'updateDiscountCode', 'deleteDiscountCode'], inGraph['discount-codes/{id}']),
      ...named(['priceList', 'updatePriceList', 'deletePriceList'], inGraph['price-lists/{id}']),
      ...named(['currencyRate', 'updateCurrencyRate', 'deleteCurrencyRate'], inGraph['currency-rates/{id}']),
    },
    inQuery: {
      ...{ orderId: paid.orderId, q: 'mug', productIds: product.productId },
      ...{ channel: 'EMAIL', locale: 'en' },
    },
  };
}

/** One that has lied, so that there is something to release, and one whose reading waits for more stock. */
async function makeDevice(staff: HttpClient, sku: string): Promise<string> {
  const [client, deviceId] = [await device(), unique('device')];
  await report(client, sku, { delta: 500_000, deviceId, seq: 1 });
  await report(client, sku, { delta: -900, deviceId: `${deviceId}-short`, seq: 1 });
  await client.endAsync();
  await eventually(async () => {
    const [liar, waiting] = await Promise.all([
      staff.get(`/api/v1/inventory/devices/${deviceId}`),
      staff.get(`/api/v1/inventory/device-readings?deviceId=${deviceId}-short`),
    ]);
    expect(liar.body).toMatchObject({ status: 'QUARANTINED' });
    expect(waiting.body).toMatchObject({ items: [{ readingId: `${deviceId}-short::1`, state: 'PARKED' }] });
  });
  return deviceId;
}

/** The `id` of several fields. */
const named = (fields: readonly string[], id = ''): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [`${field}(id)`, id]));

const returning = (field: string, { orderId }: Order, returnId: string): Record<string, string> => ({
  ...{ [`${field}(orderId)`]: orderId, [`${field}(returnId)`]: returnId },
});

/** The customer wants to send back what was picked. */
async function makeReturn(
  owner: HttpClient,
  staff: HttpClient,
  { orderId, productId }: { readonly orderId: string; readonly productId: string },
): Promise<string> {
  await made(staff.post(`/api/v1/orders/${orderId}/fulfill`, {}));
  const items = [{ productId, qty: 1 }];
  const { returnId } = await made(
    owner.post<{ returnId: string }>(`/api/v1/orders/${orderId}/returns`, { items }),
  );
  return returnId;
}

/** The customer was told of an order; the store has words of its own. */
async function makeNotification(
  boss: HttpClient,
  customerId: string,
): Promise<{ notificationId: string; deliveryId: string }> {
  const text = { channel: 'EMAIL', locale: 'en', subject: 'Walk', body: '{{orderId}}' };
  await made(boss.post('/api/v1/notification-templates', { key: 'order-expired', ...text }));
  return eventually(async () => {
    const { body } = await boss.get<{
      items: { notificationId: string; deliveries: { deliveryId: string }[] }[];
    }>(`/api/v1/notifications?recipient=${customerId}`);
    const [{ notificationId, deliveries } = { notificationId: '', deliveries: [] }] = body.items;
    expect(deliveries).not.toEqual([]);
    return { notificationId, deliveryId: deliveries[0]?.deliveryId ?? '' };
  });
}

/** The customer's own, with one line. */
async function makeCart(owner: HttpClient, productId: string): Promise<{ cartId: string; itemId: string }> {
  const { cartId } = await made(owner.post<{ cartId: string }>('/api/v1/carts', {}));
  const { items } = await made(
    owner.post<{ items: { itemId: string }[] }>(`/api/v1/carts/${cartId}/items`, { productId, qty: 1 }),
  );
  return { cartId, itemId: items[0]?.itemId ?? '' };
}

interface Delivery {
  readonly deliveryId: string;
  readonly attempts: readonly object[];
}

/** Nobody listens there; the delivery is held. */
async function makeWebhook(staff: HttpClient, productId: string): Promise<Readonly<Record<string, string>>> {
  const { subscriptionId } = await made(
    staff.post<{ subscriptionId: string }>('/api/v1/webhooks/subscriptions', {
      ...{ url: 'http://127.0.0.1:9/', eventTypes: ['ecommerce.product.product.updated.v1'] },
    }),
  );
  const path = `/api/v1/webhooks/subscriptions/${subscriptionId}`;
  await made(staff.patch(`/api/v1/products/${productId}`, { name: 'Walked' }));
  const deliveryId = await eventually(async () => {
    const { items } = await made(staff.get<{ items: Delivery[] }>(`${path}/deliveries`));
    expect(items[0]?.attempts).toHaveLength(1);
    return items[0]?.deliveryId ?? '';
  });
  await made(staff.patch(path, { status: 'PAUSED' }));
  return { 'subscriptions/{id}': subscriptionId, 'deliveries/{id}': deliveryId };
}

/** What would be a finding of everybody who looks for what waits, also where making the rest has failed. */
export async function dropThings(): Promise<void> {
  await Promise.all([dropDeadLetters(), dropReplays()]);
}
