import { eventually } from '@tradewind/testing/eventually.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { goods, type Order, paidOrder, shopper } from './shop.fixture.ts';
import { anybody, merchant, refusal, urlOf } from './stack.fixture.ts';

interface Shipment {
  readonly shipmentId: string;
  readonly carrier: string;
  readonly status: string;
  readonly trackingNumber: string | null;
  readonly quote: { readonly amount: string; readonly currency: string } | null;
  readonly labelUrl: string | null;
  readonly tracking: readonly { readonly status: string }[];
}

const DELIVERED = ['PICKED_UP', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'];

async function control(method: string, path: string, body?: object): Promise<{ labels: unknown[] }> {
  const response = await fetch(`${urlOf('carriers')}/_control/${path}`, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { labels: unknown[] };
}
afterEach(() => control('DELETE', 'knobs'));

/** A paid order of two pieces, picked. */
async function picked() {
  const [product, client, staff] = [await goods(), await shopper(), await merchant()];
  const { orderId } = await paidOrder(client, product, 2);
  const url = `/api/v1/orders/${orderId}`;
  expect((await staff.post<Order>(`${url}/fulfill`, {})).body.status).toBe('FULFILLED');
  const items = (qty: number) => [{ productId: product.productId, qty }];
  const shipments = async () => (await client.get<{ items: Shipment[] }>(`${url}/shipments`)).body.items;
  return { url, client, staff, items, shipments };
}

async function arrives(carrier: string): Promise<void> {
  const { url, staff, items, shipments } = await picked();
  const sent = await staff.post<Shipment>(`${url}/shipments`, { carrier, items: items(1) });
  expect([sent.status, sent.body.status], JSON.stringify(sent.body)).toEqual([201, 'SHIPPED']);
  const { trackingNumber, labelUrl, quote, shipmentId } = sent.body;
  const currency = carrier === 'DHL' ? 'EUR' : 'USD';
  expect(quote).toMatchObject({ amount: expect.stringMatching(/^\d+\.\d\d$/), currency });
  expect((await fetch(labelUrl ?? '')).status).toBe(200);
  await control('POST', 'deliver', { carrier: carrier.toLowerCase(), trackingNumber });
  await eventually(
    async () => {
      const [shown] = await shipments();
      expect([shown?.status, shown?.tracking.map(({ status }) => status)]).toEqual(['DELIVERED', DELIVERED]);
    },
    { within: 20_000 },
  );
  expect((await control('GET', `labels?reference=${shipmentId}`)).labels).toHaveLength(1);
}

describe('shipments', () => {
  it('by each carrier have a quote, a label, and arrive', () =>
    Promise.all(['FEDEX', 'UPS', 'DHL'].map(arrives)));

  it('are parts of what was picked', async () => {
    const { url, client, staff, items, shipments } = await picked();
    expect(refusal(await staff.post(`${url}/shipments`, { carrier: 'UPS', items: items(3) }))).toEqual([
      422,
      'NOT_TO_SHIP',
    ]);
    expect(refusal(await client.post(`${url}/shipments`, { carrier: 'UPS' }))).toEqual([403, 'FORBIDDEN']);
    expect((await staff.post(`${url}/shipments`, { carrier: 'UPS', items: items(1) })).status).toBe(201);
    expect((await staff.post(`${url}/shipments`, { carrier: 'DHL' })).status).toBe(201);
    expect(refusal(await staff.post(`${url}/shipments`, { carrier: 'DHL' }))).toEqual([422, 'NOT_TO_SHIP']);
    // What is on its way is not with the customer yet.
    expect(refusal(await client.post(`${url}/returns`, { items: items(1) }))).toEqual([422, 'NOT_TO_RETURN']);
    expect(await shipments()).toHaveLength(2);
  });

  it('wait for a carrier that is away, and go on', async () => {
    const { url, staff, shipments } = await picked();
    await control('PUT', 'knobs', { ups: { down: true } });
    const sent = await staff.post<Shipment>(`${url}/shipments`, { carrier: 'UPS' });
    expect([sent.status, sent.body.status]).toEqual([202, 'REQUESTED']);
    await control('DELETE', 'knobs');
    await eventually(async () => expect((await shipments())[0]?.status).not.toBe('REQUESTED'), {
      within: 40_000,
    });
    const [shown] = await shipments();
    expect(shown).toMatchObject({ shipmentId: sent.body.shipmentId, trackingNumber: expect.any(String) });
  });

  it('may be refused, and are sent another way', async () => {
    const { url, staff, shipments } = await picked();
    await control('PUT', 'knobs', { fedex: { refuse: true } });
    expect(refusal(await staff.post(`${url}/shipments`, { carrier: 'FEDEX' }))).toEqual([
      422,
      'CARRIER_REFUSED',
    ]);
    expect((await staff.post(`${url}/shipments`, { carrier: 'DHL' })).status).toBe(201);
    expect((await shipments()).map(({ status }) => status)).toEqual(['FAILED', 'SHIPPED']);
  });

  it('believe no callback that is not signed by the carrier', async () => {
    const { url, staff, shipments } = await picked();
    const { body } = await staff.post<Shipment>(`${url}/shipments`, { carrier: 'UPS' });
    const forged = { trackingNumber: body.trackingNumber, status: 'DELIVERED' };
    const answer = await anybody('order').post('/api/v1/orders/carrier-callbacks/ups', forged);
    expect(refusal(answer)).toEqual([400, 'CALLBACK_REFUSED']);
    expect((await shipments())[0]?.status).toBe('SHIPPED');
  });
});
