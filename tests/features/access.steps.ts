import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { eventually } from '@tradewind/testing/eventually.ts';
import { httpClient, type HttpClient } from '@tradewind/testing/http.ts';
import { admin, unique, urlOf } from '../e2e/stack.fixture.ts';
import { accepted, isRefusal, productOf, type Story } from './story.ts';

const TOKENS = '/api/v1/api-tokens';

interface Made {
  readonly apiTokenId: string;
  readonly secret: string;
}

function partnerOf(story: Story): HttpClient {
  const partner = story.people.get('partner');
  assert(partner, 'this story has no partner');
  return partner;
}

const stockPath = (story: Story): string =>
  `/api/v1/stores/STORE-1/inventory/${productOf(story, 'lamp').sku}`;

Given("a partner's token of an admin that may only read stock", async function (this: Story) {
  const wanted = { name: unique('partner'), roles: ['ADMIN'], permissions: ['inventory:read'] };
  const made = accepted(await (await admin()).post<Made>(TOKENS, wanted));
  this.apiTokenId = made.apiTokenId;
  this.people.set('partner', httpClient(urlOf(), made.secret));
});

When('the partner reads the stock of the lamp', async function (this: Story) {
  this.answer = await partnerOf(this).get(stockPath(this));
});

When('the partner sets the price of the lamp to {amount}', async function (this: Story, price: string) {
  const path = `/api/v1/products/${productOf(this, 'lamp').productId}/price`;
  this.answer = await partnerOf(this).put(path, { price });
});

When('the token is withdrawn', async function (this: Story) {
  accepted(await (await admin()).delete(`${TOKENS}/${this.apiTokenId}`));
});

Then(
  'the partner is refused with {int} {CODE} before long',
  async function (this: Story, status: number, code: string) {
    await eventually(
      async () => {
        const answer = await partnerOf(this).get(stockPath(this));
        assert(isRefusal(answer, status, code), `${answer.status} ${JSON.stringify(answer.body)}`);
      },
      { within: 30_000, every: 250 },
    );
  },
);

interface Entry {
  readonly actor: string;
  readonly details: { readonly from?: string; readonly to?: string };
}

Then(
  /^the audit log says that (\S+) changed it from (\S+) to (\S+)$/,
  async function (this: Story, actor: string, from: string, to: string) {
    const { productId } = productOf(this, 'lamp');
    const path = `/api/v1/audit-log?action=price.changed&resource=product:${productId}`;
    await eventually(async () => {
      const { items } = accepted(await (await admin()).get<{ items: Entry[] }>(path));
      assert.deepEqual(
        items.map((entry) => [entry.actor, entry.details.from, entry.details.to]),
        [[actor, from, to]],
      );
    });
  },
);
