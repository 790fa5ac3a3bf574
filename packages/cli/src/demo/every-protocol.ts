import type { Endpoints } from '#up/endpoints.ts';
import { curl, mosquittoPub } from './command-line.ts';
import type { Cast, Goods, Order, Stock } from './journey.ts';
import { seen } from './journey.ts';
import { openOrderSocket } from './order-socket.ts';
import { openPartner } from './partner.ts';
import { within } from './within.ts';

const EMAIL = 'user-9@example.com';
const HOUR_MS = 3_600_000;

interface Page<T> {
  readonly items: readonly T[];
}
interface Mail {
  readonly subject?: string;
  readonly to: string;
}

/**
 * One more order, watched from everywhere: a WebSocket client, curl on SSE, a partner who verifies signatures, a mailbox;
 * and a sensor that counts the shelf.
 * @param token of the shopper, for the clients that are not REST
 */
export async function everyProtocol(cast: Cast, goods: Goods, endpoints: Endpoints, token: string) {
  const { shopper, merchant, tell } = cast;
  const { gateway } = endpoints;
  const partner = await openPartner();
  const socket = await openOrderSocket(gateway, token);
  const stream = curl([`${gateway}/sse/flash-sales?store=${cast.storeId}`]);
  const subscription = { url: partner.url, eventTypes: ['ecommerce.order.*'] };
  const began = Date.now();
  const subscribed = await merchant.send<{ subscriptionId: string; secret: string }>(
    ...(['POST', '/webhooks/subscriptions', subscription] as const),
  );
  const { subscriptionId, secret } = subscribed.body;
  try {
    partner.trust(secret);
    tell({
      ...{ title: 'A partner subscribes to orders', request: 'POST /api/v1/webhooks/subscriptions' },
      ...{ body: subscription, answer: `201 ${subscriptionId}`, ms: subscribed.ms, at: began, events: [] },
      meaning: 'the secret is shown once; every event is signed with it',
    });
    await wishes(cast);
    await sale(cast, goods, gateway, stream.lines);

    const at = Date.now();
    const body = { items: [{ productId: goods.productId, qty: 1 }] };
    const { body: order } = await shopper.send<Order>('POST', '/orders', body);
    const paid = await shopper.send<Order>(
      'POST',
      `/orders/${order.orderId}/pay`,
      {},
      { expected: [200, 202] },
    );
    const said = () =>
      socket.frames.flatMap(({ orderId, status }) => (orderId === order.orderId ? [status] : []));
    await within('PAID on the WebSocket', async () => said().includes('PAID') || undefined);
    tell({
      ...{
        title: 'The shopper orders and pays; a WebSocket client listens',
        request: 'GET /ws/orders  {"type":"subscribe","channel":"me"}',
      },
      ...{
        answer: said().join(' → '),
        ms: paid.ms,
        at,
        events: await seen(cast, [['ecommerce.order.order.paid.v1', order.orderId]]),
      },
      meaning:
        'the current status first, then every change in the order of its version; any instance serves any client',
    });
    const hooks = () =>
      partner.verified
        .filter(({ about }) => about === order.orderId)
        .map(({ type }) => type.split('.').at(-2));
    await within('the partner hears of the payment', async () => hooks().includes('paid') || undefined);
    tell({
      ...{ title: 'The partner hears of it', request: `POST ${partner.url}  (to the partner)` },
      ...{ answer: `verified: ${hooks().join(' → ')}`, ms: Date.now() - at, at, events: [] },
      meaning:
        'the library of Standard Webhooks checked each signature; events of one order come in their order',
    });
    const mail = await within('a mail about the order', () => mailAbout(endpoints, order.orderId));
    tell({
      ...{
        title: 'and the shopper has mail',
        request: `GET ${endpoints.services['mailbox']}/messages?channel=EMAIL&to=${EMAIL}`,
      },
      ...{ answer: `“${mail.subject}” to ${mail.to}`, ms: Date.now() - at, at, events: [] },
    });
    await sensor(cast, goods, endpoints);
  } finally {
    stream.end();
    socket.close();
    await merchant.remove(`/webhooks/subscriptions/${subscriptionId}`);
    await partner.close();
  }
}

/** The shopper says where to be reached. */
async function wishes({ shopper, tell }: Cast): Promise<void> {
  const at = Date.now();
  const body = { email: EMAIL };
  const { status, ms } = await shopper.send('PUT', '/notifications/preferences', body);
  tell({
    ...{ title: 'The shopper says where mail goes', request: 'PUT /api/v1/notifications/preferences', body },
    ...{ answer: String(status), ms, at, events: [] },
  });
}

/** A flash sale is opened and ended, and curl shows both. */
async function sale({ admin, tell }: Cast, { productId }: Goods, gateway: string, lines: readonly string[]) {
  const at = Date.now();
  const body = { productIds: [productId], discountPercent: 10, endsAt: new Date(at + HOUR_MS).toISOString() };
  const { body: made, ms } = await admin.send<{ saleId: string }>('POST', '/flash-sales', body);
  await admin.remove(`/flash-sales/${made.saleId}`);
  const events = () =>
    lines
      .flatMap((line, n) => (line.includes(made.saleId) ? lines.slice(Math.max(n - 2, 0), n) : []))
      .filter((line) => line.startsWith('event:'));
  await within(
    'the end of the sale on the stream',
    async () => events().some((line) => line.includes('ended')) || undefined,
  );
  tell({
    ...{
      title: 'An admin opens a flash sale and ends it; curl listens',
      request: `curl -N ${gateway}/sse/flash-sales`,
    },
    ...{ answer: events().join(', '), ms, at, events: [] },
    meaning: 'whoever loses the connection says the last id it saw, and gets what it missed',
  });
}

/** A sensor at the shelf counts two pieces less. */
async function sensor({ merchant, storeId, tell }: Cast, { sku }: Goods, { mqtt }: Endpoints): Promise<void> {
  const stock = async () => (await merchant.get<Stock>(`/stores/${storeId}/inventory/${sku}`)).body.onHand;
  const before = await stock();
  const [device] = mqtt.devices;
  const { hostname, port } = new URL(mqtt.url);
  const reading = JSON.stringify({ delta: -2, reason: 'SENSOR', deviceId: `demo-${sku}`, seq: 1 });
  const topic = `iot/inventory/${sku}/delta`;
  const at = Date.now();
  const login = ['-u', device?.username ?? '', '-P', device?.password ?? ''];
  // Twice, as a device does that has not seen the acknowledgement.
  for (let n = 0; n < 2; n++)
    await mosquittoPub([
      '-V',
      '5',
      '-h',
      hostname,
      '-p',
      port,
      ...login,
      '-q',
      '1',
      '-t',
      topic,
      '-m',
      reading,
    ]);
  await within('the reading in the stock', async () => ((await stock()) === before - 2 ? true : undefined));
  tell({
    ...{
      title: 'A sensor tells twice that two pieces are gone',
      request: `mosquitto_pub -t ${topic} -m '${reading}'`,
    },
    ...{ answer: `${before} → ${before - 2} on hand`, ms: Date.now() - at, at, events: [] },
    meaning: 'acknowledged when Kafka has it; applied once per device and number',
  });
}

async function mailAbout({ services }: Endpoints, orderId: string): Promise<Mail | undefined> {
  const response = await fetch(`${services['mailbox']}/messages?channel=EMAIL&to=${EMAIL}`);
  const { items } = (await response.json()) as Page<Mail>;
  return items.find((mail) => JSON.stringify(mail).includes(orderId));
}
