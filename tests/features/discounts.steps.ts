import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { admin, merchant, unique } from '../e2e/stack.fixture.ts';
import { pathOf as cartPath } from './cart.steps.ts';
import { accepted, type Cart, orderOf, person, productOf, type Story, stranger } from './story.ts';

const SALES = '/api/v1/flash-sales';

const after = (ms: number): string => new Date(Date.now() + ms).toISOString();
const ofLamp = (story: Story, terms: object) => ({
  productIds: [productOf(story, 'lamp').productId],
  ...terms,
});

interface Priced {
  readonly lines: readonly { readonly price: string }[];
}

/** What the page says to anybody who looks. */
async function priceOfLamp(story: Story): Promise<string | undefined> {
  const lines = [{ productId: productOf(story, 'lamp').productId, qty: 1 }];
  const answer = await stranger().post<Priced>('/api/v1/prices/resolve', { lines });
  return accepted(answer).lines[0]?.price;
}

Given("the shop knows the lamp's price", async function (this: Story) {
  await eventually(async () => assert.equal(await priceOfLamp(this), productOf(this, 'lamp').price));
});

async function sell(story: Story, terms: object): Promise<void> {
  const made = await (await admin()).post<{ saleId: string }>(SALES, ofLamp(story, terms));
  const { saleId } = accepted(made);
  story.saleId = saleId;
}

When(
  'an admin announces a flash sale of the lamp, {int} percent off from the next second on for {int} seconds',
  async function (this: Story, discountPercent: number, seconds: number) {
    const [startsAt, endsAt] = [after(1_000), after(1_000 * (1 + seconds))];
    await sell(this, { discountPercent, startsAt, endsAt });
  },
);

Given('an admin sells the lamp at {amount} for an hour', async function (this: Story, price: string) {
  await sell(this, { price, endsAt: after(3_600_000) });
});

When('an admin ends the sale', async function (this: Story) {
  accepted(await (await admin()).delete(`${SALES}/${this.saleId}`));
});

When('the merchant announces a flash sale of the lamp', async function (this: Story) {
  const terms = ofLamp(this, { discountPercent: 90, endsAt: after(3_600_000) });
  this.answer = await (await merchant()).post(SALES, terms);
});

Then('the lamp comes to cost {amount} for shoppers', async function (this: Story, price: string) {
  await eventually(async () => assert.equal(await priceOfLamp(this), price));
});

interface WithRules {
  readonly appliedRules: readonly { readonly kind: string; readonly amount: string }[];
}

Then('it says that a {CODE} took {amount} off', function (this: Story, kind: string, amount: string) {
  const made = orderOf(this).made as unknown as WithRules & { items: readonly WithRules[] };
  const rules = [...made.items.flatMap(({ appliedRules }) => appliedRules), ...made.appliedRules];
  assert(
    rules.some((rule) => rule.kind === kind && rule.amount === amount),
    JSON.stringify(rules),
  );
});

Given('a code for {int} percent off, for one order', async function (this: Story, value: number) {
  this.code = unique('CODE');
  const terms = { code: this.code, type: 'PERCENTAGE', value, usageLimit: 1 };
  accepted(await (await merchant()).post('/api/v1/discount-codes', terms));
});

Given('Ada enters the code', async function (this: Story) {
  const path = cartPath(this, '/codes');
  this.cart = accepted(await (await person(this, 'Ada')).post<Cart>(path, { code: this.code }));
});

When('Ada takes the code out of her cart', async function (this: Story) {
  accepted(await (await person(this, 'Ada')).delete(cartPath(this, `/codes/${this.code}`)));
});

Given('the merchant gives every third lamp away', async function (this: Story) {
  const made = await (
    await merchant()
  ).post('/api/v1/promotions', {
    name: 'Three for two',
    conditions: { productIds: [productOf(this, 'lamp').productId] },
    effect: { type: 'BUY_X_GET_Y', buyQty: 2, getQty: 1 },
  });
  accepted(made);
});

When('the merchant makes a promotion whose conditions are too deep', async function (this: Story) {
  const conditions = { all: [{ all: [{ all: [{ all: [{ minQty: 1 }] }] }] }] };
  const rule = { name: 'Deep', conditions, effect: { type: 'FREE_SHIPPING' } };
  this.answer = await (await merchant()).post('/api/v1/promotions', rule);
});

Given(
  'the merchant sells {int} lamps and more at {amount} each',
  async function (this: Story, minQty: number, price: string) {
    const prices = [{ productId: productOf(this, 'lamp').productId, price, minQty }];
    const list = { name: 'Wholesale', currency: 'USD', prices };
    accepted(await (await merchant()).post('/api/v1/price-lists', list));
  },
);

Given('the merchant takes {amount} {CODE} for a USD', async function (this: Story, rate: string, to: string) {
  accepted(await (await merchant()).post('/api/v1/currency-rates', { from: 'USD', to, rate }));
});
