import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { admin, merchant, unique } from '../e2e/stack.fixture.ts';
import { accepted, productOf, type Story, type Thing } from './story.ts';

interface Stock {
  readonly onHand: number;
  readonly reserved: number;
  readonly version: number;
}

const pathOf = (story: Story, thing: Thing): string =>
  `/api/v1/stores/STORE-1/inventory/${productOf(story, thing).sku}`;

async function stockOf(story: Story, thing: Thing): Promise<Stock> {
  return accepted(await (await merchant()).get<Stock>(pathOf(story, thing)));
}

const taking = (qty: number) => ({ delta: -qty, reason: 'TERMINAL' });

Then(
  '{int} {thing}(s) is/are on hand, {int} of them reserved',
  async function (this: Story, onHand: number, thing: Thing, reserved: number) {
    await eventually(async () => {
      const stock = await stockOf(this, thing);
      assert.deepEqual([stock.onHand, stock.reserved], [onHand, reserved]);
    });
  },
);

When(
  '{int} terminals take 1 {thing} each at the same time',
  async function (this: Story, many: number, thing: Thing) {
    const terminal = await merchant();
    const path = `${pathOf(this, thing)}/adjust`;
    this.answers = await Promise.all(Array.from({ length: many }, () => terminal.post(path, taking(1))));
  },
);

Then('the stock of lamps was changed {int} times', function (this: Story, times: number) {
  const versions = this.answers.map((answer) => (accepted(answer) as Stock).version);
  assert.deepEqual(
    versions.toSorted((a, b) => a - b),
    Array.from({ length: times }, (_, n) => n + 2),
  );
});

When('two clerks count the lamps, both having seen the same version', async function (this: Story) {
  const [clerk, { version }] = [await merchant(), await stockOf(this, 'lamp')];
  const { productId } = productOf(this, 'lamp');
  this.answers = await Promise.all(
    [98, 97].map((onHand) => clerk.put(pathOf(this, 'lamp'), { productId, onHand }, { version })),
  );
});

When('a terminal takes {int} {thing}s', async function (this: Story, qty: number, thing: Thing) {
  this.answer = await (await merchant()).post(`${pathOf(this, thing)}/adjust`, taking(qty));
});

When(
  'a terminal takes {int} {thing}s, and sends it again because the reply got lost',
  async function (this: Story, qty: number, thing: Thing) {
    const [terminal, idempotencyKey] = [await merchant(), unique('KEY')];
    const path = `${pathOf(this, thing)}/adjust`;
    const first = accepted(await terminal.post(path, taking(qty), { idempotencyKey }));
    const second = accepted(await terminal.post(path, taking(qty), { idempotencyKey }));
    assert.deepEqual(second, first);
  },
);

When('a terminal reserves {int} {thing}s', async function (this: Story, qty: number, thing: Thing) {
  const path = `${pathOf(this, thing)}/reserve`;
  const made = await (await merchant()).post<{ reservationId: string }>(path, { qty });
  this.reservationId = accepted(made).reservationId;
});

When('the reservation is confirmed', async function (this: Story) {
  accepted(await (await merchant()).post(`/api/v1/reservations/${this.reservationId}/confirm`));
});

When('the reservation is released', async function (this: Story) {
  accepted(await (await merchant()).delete(`/api/v1/reservations/${this.reservationId}`));
});

When('the central view is synced', async function () {
  accepted(await (await admin()).post('/api/v1/sync', {}));
});

Then('the central view shows {int} {thing}s', async function (this: Story, onHand: number, thing: Thing) {
  const path = `/api/v1/inventory/${productOf(this, thing).productId}/snapshot`;
  assert.equal(accepted(await (await merchant()).get<Stock>(path)).onHand, onHand);
});

Then(
  'the central view comes to show {int} {thing}s',
  async function (this: Story, onHand: number, thing: Thing) {
    const path = `/api/v1/inventory/${productOf(this, thing).productId}/snapshot`;
    const client = await merchant();
    await eventually(async () => assert.equal(accepted(await client.get<Stock>(path)).onHand, onHand));
  },
);

Then('nothing has drifted', async function (this: Story) {
  const { items } = accepted(await (await admin()).get<{ items: unknown[] }>('/api/v1/inventory/drift'));
  assert.deepEqual(items, []);
});

When('the merchant wants lamps to be reordered at {int}', async function (this: Story, reorderPoint: number) {
  const { productId } = productOf(this, 'lamp');
  const { onHand } = await stockOf(this, 'lamp');
  accepted(await (await merchant()).put(pathOf(this, 'lamp'), { productId, onHand, reorderPoint }));
});

Then('lamps are on the list of what is low', async function (this: Story) {
  const { sku } = productOf(this, 'lamp');
  const staff = await merchant();
  await eventually(async () => {
    const path = '/api/v1/inventory/low-stock?limit=100';
    const { items } = accepted(await staff.get<{ items: { sku: string }[] }>(path));
    assert(
      items.some((one) => one.sku === sku),
      `${sku} is not among ${items.length}`,
    );
  });
});
