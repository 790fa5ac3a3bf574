import { type Cast, type Goods, type Order, seen, type Stock } from './journey.ts';
import { within } from './within.ts';

interface Shipment {
  readonly shipmentId: string;
  readonly status: string;
  readonly trackingNumber: string | null;
  readonly quote: { readonly amount: string; readonly currency: string } | null;
  readonly tracking: readonly { readonly status: string }[];
}

interface Return {
  readonly returnId: string;
  readonly status: string;
}

/** The order's later life: picked, sent, delivered, sent back, paid back. */
export async function shipAndReturn(cast: Cast, goods: Goods, { orderId }: Order): Promise<void> {
  const { merchant, shopper, storeId, hurry, tell } = cast;
  const path = `/orders/${orderId}`;

  const pickedAt = Date.now();
  const picked = await merchant.send<Order>('POST', `${path}/fulfill`, {});
  tell({
    ...{
      title: 'The merchant picks it',
      request: `POST /api/v1${path}/fulfill`,
      ms: picked.ms,
      at: pickedAt,
    },
    answer: `${picked.status} ${picked.body.status}`,
    events: await seen(cast, [['ecommerce.order.order.fulfilled.v1', orderId]]),
  });

  const sentAt = Date.now();
  const carrier = { carrier: 'UPS' };
  const sent = await merchant.send<Shipment>('POST', `${path}/shipments`, carrier, { expected: [201, 202] });
  const shipment = () =>
    shopper
      .get<{ items: Shipment[] }>(`${path}/shipments`)
      .then(({ body }) => body.items.find(({ shipmentId }) => shipmentId === sent.body.shipmentId));
  const shipped = await within('a label', async () => {
    const one = await shipment();
    return one?.trackingNumber ? one : undefined;
  });
  tell({
    ...{
      title: 'and sends it',
      request: `POST /api/v1${path}/shipments`,
      body: carrier,
      ms: sent.ms,
      at: sentAt,
    },
    answer: `${sent.status} ${shipped.trackingNumber}, postage ${shipped.quote?.amount} ${shipped.quote?.currency}`,
    events: await seen(cast, [['ecommerce.order.order.shipped.v1', orderId]]),
    meaning: 'a carrier that is away only delays it: the shipment waits and goes on, with one label',
  });

  const deliveredAt = Date.now();
  await hurry('ups', shipped.trackingNumber ?? '');
  const arrived = await within('delivery', async () => {
    const one = await shipment();
    return one?.status === 'DELIVERED' ? one : undefined;
  });
  tell({
    ...{ title: 'The parcel arrives', request: `GET /api/v1${path}/shipments`, ms: Date.now() - deliveredAt },
    ...{ answer: arrived.tracking.map(({ status }) => status).join(' → '), at: deliveredAt },
    events: await seen(cast, [['ecommerce.order.order.delivered.v1', orderId]]),
    meaning: 'the local carriers take 45 s; this one was told to hurry',
  });

  const stock = () => merchant.get<Stock>(`/stores/${storeId}/inventory/${goods.sku}`);
  const before = (await stock()).body.onHand;
  const items = [{ productId: goods.productId, qty: goods.qty }];
  const askedAt = Date.now();
  const asked = await shopper.send<Return>('POST', `${path}/returns`, { items, reason: 'too loud' });
  const approve = `${path}/returns/${asked.body.returnId}/approve`;
  const approved = await merchant.send<Return>('POST', approve, {}, { expected: [200, 202] });
  const returned = await within(`order ${orderId} RETURNED`, async () => {
    const { body } = await shopper.get<Order & { refundedAmount: string }>(path);
    return body.status === 'RETURNED' ? body : undefined;
  });
  tell({
    ...{
      title: 'It is sent back; the merchant approves',
      request: `POST /api/v1${approve}`,
      ms: approved.ms,
      at: askedAt,
    },
    answer: `${approved.status}, then ${returned.status}, ${returned.refundedAmount} ${returned.currency} paid back`,
    events: await seen(cast, [
      ['ecommerce.payment.payment.refunded.v1', orderId],
      ['ecommerce.order.order.returned.v1', orderId],
    ]),
  });

  const back = await within('the pieces back in stock', async () => {
    const answer = await stock();
    return answer.body.onHand === before + goods.qty ? answer : undefined;
  });
  tell({
    ...{ title: 'and can be sold again', request: `GET /api/v1/stores/${storeId}/inventory/${goods.sku}` },
    ...{
      answer: `200 ${back.body.onHand} on hand instead of ${before}`,
      ms: back.ms,
      at: askedAt,
      events: [],
    },
    meaning: 'inventory consumed order.returned',
  });
}
