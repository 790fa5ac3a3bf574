import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { unique } from '../e2e/stack.fixture.ts';
import {
  accepted,
  type Cart,
  isRefusal,
  itemsOf,
  type Order,
  person,
  productOf,
  type Story,
  stranger,
} from './story.ts';
import type { Wish } from './words.ts';

const PATH = '/api/v1/carts';

export function cartOf(story: Story): Cart {
  assert(story.cart, 'this story has no cart');
  return story.cart;
}

export const pathOf = (story: Story, rest = ''): string => `${PATH}/${cartOf(story).cartId}${rest}`;

const asVisitor = ({ visitors }: Story): { headers: Record<string, string> } => {
  assert(visitors?.cartToken, 'nobody looks around without a login');
  return { headers: { 'cart-token': visitors.cartToken } };
};

type Put = (path: string, line: object) => Promise<{ status: number; headers: Headers; body: unknown }>;

/** Prices of what was added just now may take a moment to arrive. */
async function fill(story: Story, cart: Cart, wishes: readonly Wish[], put: Put): Promise<Cart> {
  let filled = cart;
  for (const line of itemsOf(story, wishes)) {
    filled = await eventually(async () => {
      const answer = await put(`${PATH}/${cart.cartId}/items`, line);
      assert(!isRefusal(answer, 422, 'UNKNOWN_PRODUCT'), 'the shop does not know it yet');
      return accepted(answer) as Cart;
    });
  }
  return filled;
}

Given('{person} puts {wishes} into her cart', async function (this: Story, name: string, wishes: Wish[]) {
  const client = await person(this, name);
  const cart = this.cart ?? accepted(await client.post<Cart>(PATH));
  this.cart = await fill(this, cart, wishes, (path, line) => client.post(path, line));
});

Given('a visitor puts {wishes} into a cart', async function (this: Story, wishes: Wish[]) {
  const visitor = stranger();
  this.visitors = accepted(await visitor.post<Cart>(PATH));
  await fill(this, this.visitors, wishes, (path, line) => visitor.post(path, line, asVisitor(this)));
});

When('the visitor tries to check the cart out', async function (this: Story) {
  this.answer = await stranger().post(`${PATH}/${this.visitors?.cartId}/checkout`, {}, asVisitor(this));
});

When('the visitor turns out to be Ada', async function (this: Story) {
  const client = await person(this, 'Ada');
  const { cartId, cartToken } = this.visitors ?? {};
  const path = `${PATH}/${this.cart?.cartId ?? cartId}/merge`;
  this.cart = accepted(await client.post<Cart>(path, { cartToken }));
});

Then("the visitor's cart is gone", async function (this: Story) {
  const answer = await stranger().get(`${PATH}/${this.visitors?.cartId}`, asVisitor(this));
  assert(isRefusal(answer, 404, 'CART_NOT_FOUND'), JSON.stringify(answer.body));
});

When('{person} looks into her cart', async function (this: Story, name: string) {
  this.answer = await (await person(this, name)).get(pathOf(this));
});

When('Ada wants {wishes} instead', async function (this: Story, [wish]: Wish[]) {
  assert(wish);
  const { productId } = productOf(this, wish.thing);
  const line = cartOf(this).items.find((item) => item.productId === productId);
  const path = pathOf(this, `/items/${line?.itemId}`);
  this.cart = accepted(await (await person(this, 'Ada')).patch<Cart>(path, { qty: wish.qty }));
});

When('two tabs change her cart, both having seen the same version', async function (this: Story) {
  const [client, { version }] = [await person(this, 'Ada'), cartOf(this)];
  const line = { productId: productOf(this, 'chair').productId, qty: 1 };
  // The shop comes to know the chair's price: else both are refused for that.
  await eventually(async () => {
    const lines = [line];
    accepted(await stranger().post('/api/v1/prices/resolve', { lines }));
  });
  this.answers = await Promise.all([1, 2].map(() => client.post(pathOf(this, '/items'), line, { version })));
});

Then(
  'her cart holds {wishes}, and costs {amount}',
  async function (this: Story, wishes: Wish[], total: string) {
    const cart = accepted(await (await person(this, 'Ada')).get<Cart>(pathOf(this)));
    const held = cart.items.map(({ productId, qty }) => ({ productId, qty }));
    assert.deepEqual([sorted(held), cart.totalAmount], [sorted(itemsOf(this, wishes)), total]);
  },
);

const sorted = <T extends { readonly productId: string }>(lines: readonly T[]): T[] =>
  lines.toSorted((a, b) => a.productId.localeCompare(b.productId));

Then('her cart comes to cost {amount}', async function (this: Story, total: string) {
  const client = await person(this, 'Ada');
  await eventually(async () =>
    assert.equal(accepted(await client.get<Cart>(pathOf(this))).totalAmount, total),
  );
});

Given('Ada checks her cart out', async function (this: Story) {
  const [client, key] = [await person(this, 'Ada'), unique('OUT')];
  const made = accepted(await client.post<Order>(pathOf(this, '/checkout'), {}, { idempotencyKey: key }));
  this.order = { made, by: 'Ada', key, body: {} };
});

When('Ada tries to check her cart out', async function (this: Story) {
  this.answer = await (await person(this, 'Ada')).post(pathOf(this, '/checkout'), {});
});

When('Ada checks her cart out, and sends it again because the reply got lost', async function (this: Story) {
  const [client, key] = [await person(this, 'Ada'), unique('OUT')];
  const send = () => client.post<Order>(pathOf(this, '/checkout'), {}, { idempotencyKey: key });
  this.order = { made: accepted(await send()), by: 'Ada', key, body: {} };
  this.answer = await send();
});
