import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { anybody, merchant, urlOf } from '../e2e/stack.fixture.ts';
import { accepted, itemsOf, orderPath, person, type Story } from './story.ts';
import type { Wish } from './words.ts';

interface Shipment {
  readonly shipmentId: string;
  readonly carrier: string;
  readonly status: string;
  readonly trackingNumber: string | null;
  readonly items: readonly { readonly qty: number }[];
  readonly quote: { readonly amount: string } | null;
  readonly labelUrl: string | null;
  readonly tracking: readonly { readonly status: string }[];
}

const carriers = httpClient(urlOf('carriers'));

async function shipmentsOf(story: Story): Promise<readonly Shipment[]> {
  const client = await person(story, 'Ada');
  return accepted(await client.get<{ items: Shipment[] }>(orderPath(story, '/shipments'))).items;
}

When('the merchant picks {wishes}', async function (this: Story, wishes: Wish[]) {
  const items = itemsOf(this, wishes);
  accepted(await (await merchant()).post(orderPath(this, '/fulfill'), { items }));
});

When('the merchant sends {wishes} by {CODE}', async function (this: Story, wishes: Wish[], carrier: string) {
  const parcel = { carrier, items: itemsOf(this, wishes) };
  this.answer = await (await merchant()).post(orderPath(this, '/shipments'), parcel);
});

When('the merchant sends what is left by {CODE}', async function (this: Story, carrier: string) {
  this.answer = await (await merchant()).post(orderPath(this, '/shipments'), { carrier });
});

When('Ada sends her lamps herself', async function (this: Story) {
  const parcel = { carrier: 'DHL' };
  this.answer = await (await person(this, 'Ada')).post(orderPath(this, '/shipments'), parcel);
});

Then(
  'Ada sees {int} shipments, with {int} and {int} lamps, each with a number, a label and what it cost',
  async function (this: Story, many: number, first: number, second: number) {
    const shipments = await shipmentsOf(this);
    assert.deepEqual(
      [shipments.length, shipments.map(({ items }) => items[0]?.qty)],
      [many, [first, second]],
    );
    for (const { trackingNumber, labelUrl, quote } of shipments) {
      assert(trackingNumber);
      assert.match(quote?.amount ?? '', /^\d+\.\d\d$/);
      assert.equal((await fetch(labelUrl ?? '')).status, 200);
    }
  },
);

When('the carrier brings it', async function (this: Story) {
  const [shipment] = await shipmentsOf(this);
  assert(shipment);
  const carrier = shipment.carrier.toLowerCase();
  accepted(await carriers.post('/_control/deliver', { carrier, trackingNumber: shipment.trackingNumber }));
});

Then(/^Ada sees it (\w+), by way of ([A-Z_, ]+)$/, async function (this: Story, status: string, way: string) {
  await eventually(
    async () => {
      const [shipment] = await shipmentsOf(this);
      const seen = shipment?.tracking.map((event) => event.status).join(', ');
      assert.deepEqual([shipment?.status, seen], [status, way]);
    },
    { within: 20_000 },
  );
});

Given('UPS is away', async function (this: Story) {
  this.undo.push(async () => void accepted(await carriers.delete('/_control/knobs')));
  accepted(await carriers.put('/_control/knobs', { ups: { down: true } }));
});

When('the carriers are back', async function () {
  accepted(await carriers.delete('/_control/knobs'));
});

Then("Ada's shipment gets its number", async function (this: Story) {
  await eventually(
    async () => {
      const [shipment] = await shipmentsOf(this);
      assert(shipment?.trackingNumber, shipment?.status);
    },
    { within: 40_000, every: 250 },
  );
});

When('somebody says without a signature that it was delivered', async function (this: Story) {
  const forged = { trackingNumber: '1', status: 'DELIVERED' };
  this.answer = await anybody('order').post('/api/v1/orders/carrier-callbacks/ups', forged);
});
