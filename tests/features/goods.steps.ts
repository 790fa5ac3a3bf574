import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import type { Answer } from '@tradewind/testing/http.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { admin, as, merchant, unique } from '../e2e/stack.fixture.ts';
import {
  accepted,
  isRefusal,
  orderOf,
  person,
  type Product,
  productOf,
  type Story,
  type Thing,
} from './story.ts';

const pathOf = ({ productId }: Product): string => `/api/v1/products/${productId}`;

Given(
  'a {thing} at {amount} {word}, {int} in stock',
  async function (this: Story, thing: Thing, price: string, currency: string, onHand: number) {
    const staff = await merchant();
    // A word that is in no other product, so that a search finds this one.
    const name = `${unique(thing)} of brass`.toLowerCase();
    const made = await staff.post<Product>('/api/v1/products', {
      sku: unique('STORY'),
      name,
      price,
      currency,
    });
    const product = accepted(made);
    const { productId, sku } = product;
    accepted(await staff.put(`/api/v1/stores/STORE-1/inventory/${sku}`, { productId, onHand }));
    this.things.set(thing, product);
  },
);

When('Ada looks through the products', async function (this: Story) {
  const client = await person(this, 'Ada');
  await eventually(async () => {
    this.answer = await client.get('/api/v1/products?limit=20');
    assert(listed(this), 'the lamp is not in the list');
  });
});

When('Ada looks for the lamp with a letter wrong', async function (this: Story) {
  const [word = ''] = productOf(this, 'lamp').name.split(' ');
  const wrong = `${word.slice(0, -1)}x`;
  const client = await person(this, 'Ada');
  this.answer = await eventually(async () => {
    const found = await client.get<{ items: unknown[] }>(`/api/v1/products/search?q=${wrong}`);
    assert(accepted(found).items.length > 0, `nothing found for ${wrong}`);
    return found;
  });
});

function listed({ answer, things }: Story): Product | undefined {
  assert(answer, 'nobody looked');
  const { items } = accepted(answer as Answer<{ items: Product[] }>);
  return items.find(({ productId }) => productId === things.get('lamp')?.productId);
}

Then('she finds the lamp', function (this: Story) {
  assert(listed(this), 'the lamp is not in the list');
});

Then('she finds the lamp, and its page says the same', async function (this: Story) {
  const lamp = productOf(this, 'lamp');
  const page = accepted(await (await person(this, 'Ada')).get<Product>(pathOf(lamp)));
  const { name, price } = listed(this) ?? {};
  assert.deepEqual({ name, price }, { name: page.name, price: page.price });
});

When('an admin sets the price of the lamp to {amount}', async function (this: Story, price: string) {
  accepted(await (await admin()).put(`${pathOf(productOf(this, 'lamp'))}/price`, { price }));
});

When('the merchant sets the price of the lamp to {amount}', async function (this: Story, price: string) {
  this.answer = await (await merchant()).put(`${pathOf(productOf(this, 'lamp'))}/price`, { price });
});

Then("the lamp's page shows {amount}", async function (this: Story, price: string) {
  const lamp = productOf(this, 'lamp');
  const client = await person(this, 'Ada');
  await eventually(async () => assert.equal(accepted(await client.get<Product>(pathOf(lamp))).price, price));
});

Then(/^the lamp's price history is ([\d., ]+)$/, async function (this: Story, prices: string) {
  const path = `${pathOf(productOf(this, 'lamp'))}/price-history`;
  const { items } = accepted(await (await person(this, 'Ada')).get<{ items: Price[] }>(path));
  assert.deepEqual(
    items.map(({ price, isCurrent }) => [price, isCurrent]),
    prices.split(', ').map((price, n) => [price, n === 0]),
  );
});

interface Price {
  readonly price: string;
  readonly isCurrent: boolean;
}

When('two editors rename the lamp, both having seen the same version', async function (this: Story) {
  const [staff, lamp] = [await merchant(), productOf(this, 'lamp')];
  this.answers = await Promise.all(
    ['one', 'two'].map((name) => staff.patch(pathOf(lamp), { name }, { version: lamp.version })),
  );
});

When("the merchant adds another product with the lamp's SKU", async function (this: Story) {
  const { sku } = productOf(this, 'lamp');
  this.answer = await (
    await merchant()
  ).post('/api/v1/products', { sku, name: 'x', price: 1, currency: 'USD' });
});

When("a merchant of another tenant adds a product with the lamp's SKU", async function (this: Story) {
  const { sku } = productOf(this, 'lamp');
  const staff = await merchant(unique('TENANT'));
  this.answer = await staff.post('/api/v1/products', { sku, name: 'x', price: 1, currency: 'USD' });
});

Then('in another tenant there is no such lamp, stock or order', async function (this: Story) {
  const [lamp, { made }] = [productOf(this, 'lamp'), orderOf(this)];
  const outsider = await admin(unique('TENANT'));
  for (const path of [
    pathOf(lamp),
    `/api/v1/stores/STORE-1/inventory/${lamp.sku}`,
    `/api/v1/orders/${made.orderId}`,
  ]) {
    assert.equal((await outsider.get(path)).status, 404, path);
  }
});

Then('nobody of another tenant can order the lamp', async function (this: Story) {
  const client = await as({ sub: unique('USER'), storeId: unique('TENANT') });
  const items = [{ productId: productOf(this, 'lamp').productId, qty: 1 }];
  const answer = await client.post('/api/v1/orders', { items }, { idempotencyKey: unique('KEY') });
  assert(isRefusal(answer, 422, 'UNKNOWN_PRODUCT'), JSON.stringify(answer.body));
});
