import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { ask, codesOf, dataOf, type GraphqlAnswer } from '../e2e/graphql.fixture.ts';
import { unique } from '../e2e/stack.fixture.ts';
import { INNARDS } from '../fuzz/verdict.ts';
import { itemsOf, type Order, orderOf, person, productOf, type Story } from './story.ts';
import type { Wish } from './words.ts';

interface Shown {
  readonly product: {
    readonly price: { readonly amount: string } | null;
    readonly inventory: { readonly available: number } | null;
  };
}

const LAMP = 'query ($id: ID!) { product(id: $id) { name price { amount } inventory { available } } }';
const BEGIN = 'mutation { createCart { cart { cartId } } }';
const ADD = `mutation ($cart: ID!, $product: ID!, $qty: Int!) {
  addCartItem(cartId: $cart, productId: $product, qty: $qty) { totalAmount } }`;
const CHECK_OUT =
  'mutation ($cart: ID!) { checkoutCart(cartId: $cart) { orderId status totalAmount currency } }';
const PAY = 'mutation ($id: ID!, $key: String) { payOrder(orderId: $id, idempotencyKey: $key) { status } }';
const MINE = '{ myOrders(first: 5) { orderId status items { qty product { sku } } } }';

When('Ada asks the graph for the lamp', async function (this: Story) {
  const client = await person(this, 'Ada');
  const id = productOf(this, 'lamp').productId;
  // The parts of the answer come from services that hear of the lamp one after another.
  this.answer = await eventually(async () => {
    const answer = await ask<Shown>(client, LAMP, { id });
    assert(
      answer.body.data?.product.price && answer.body.data.product.inventory,
      'not all know the lamp yet',
    );
    return answer;
  });
});

Then('it costs {amount}, and {int} are for sale', function (this: Story, price: string, available: number) {
  assert(this.answer, 'nothing was asked');
  const { data } = this.answer.body as GraphqlAnswer<Shown>;
  assert.deepEqual([data?.product.price?.amount, data?.product.inventory?.available], [price, available]);
});

When('Ada orders {wishes} from a cart of the graph', async function (this: Story, wishes: Wish[]) {
  const client = await person(this, 'Ada');
  const begun = await dataOf<{ createCart: { cart: { cartId: string } } }>(client, BEGIN);
  const cart = begun.createCart.cart.cartId;
  for (const { productId: product, qty } of itemsOf(this, wishes))
    await dataOf(client, ADD, { cart, product, qty });
  const { checkoutCart: made } = await dataOf<{ checkoutCart: Order }>(client, CHECK_OUT, { cart });
  this.order = { made, by: 'Ada', key: '', body: {} };
});

When('Ada pays in the graph', async function (this: Story) {
  const { orderId } = orderOf(this).made;
  await dataOf(await person(this, 'Ada'), PAY, { id: orderId, key: unique('PAY') });
});

Then(
  'in the graph her only order is that of {wishes}, {CODE}',
  async function (this: Story, [wish]: Wish[], status: string) {
    const client = await person(this, 'Ada');
    const { orderId } = orderOf(this).made;
    const items = [{ qty: wish?.qty, product: { sku: productOf(this, 'lamp').sku } }];
    await eventually(async () => {
      const { myOrders } = await dataOf<{ myOrders: object[] }>(client, MINE);
      assert.deepEqual(JSON.parse(JSON.stringify(myOrders)), [{ orderId, status, items }]);
    });
  },
);

When('Bob asks the graph for the order', async function (this: Story) {
  const { orderId } = orderOf(this).made;
  this.answer = await ask(await person(this, 'Bob'), 'query ($id: ID!) { order(id: $id) { status } }', {
    id: orderId,
  });
});

When('Ada sets the price of the lamp to {amount} in the graph', async function (this: Story, price: string) {
  const change =
    'mutation ($id: ID!, $price: String!) { changeProductPrice(id: $id, price: $price) { listPrice } }';
  const id = productOf(this, 'lamp').productId;
  this.answer = await ask(await person(this, 'Ada'), change, { id, price });
});

When('Ada asks the graph for orders, their outbox and their table', async function (this: Story) {
  const query = '{ myOrders { orderId outbox { payload } order_events } }';
  this.answer = await ask(await person(this, 'Ada'), query);
});

Then('the graph refuses it as {CODE}', function (this: Story, code: string) {
  assert(this.answer, 'nothing was asked');
  const codes = codesOf(this.answer as Parameters<typeof codesOf>[0]);
  assert.deepEqual([...new Set(codes)], [code]);
});

Then('it names nothing but what was asked for', function (this: Story) {
  const text = JSON.stringify(this.answer?.body);
  for (const form of INNARDS) assert.doesNotMatch(text, form);
  assert.doesNotMatch(text, /Did you mean|orders_by|order_items|subgraph/);
});
