import { eventually } from '@tradewind/testing/eventually.ts';
import { caller, good, type Shop } from './shop.ts';

const SUBSCRIPTIONS = 20;

interface Page {
  readonly items: readonly { readonly status: string }[];
}

/** Subscriptions of an endpoint that takes everything, each with something that was delivered. */
export async function webhooksIn({ storeId, pieces, known }: Shop, url: string): Promise<void> {
  const staff = await caller(storeId, 'MERCHANT');
  const path = '/api/v1/webhooks/subscriptions';
  known.learn({ url });
  const made: string[] = [];
  for (let n = 0; n < SUBSCRIPTIONS; n++) {
    const body = { url, eventTypes: ['ecommerce.product.product.*'] };
    const subscription = good(await staff.post<{ subscriptionId: string }>(path, body));
    known.learn(subscription);
    made.push(subscription.subscriptionId);
  }
  good(await staff.patch(`/api/v1/products/${pieces[0]?.productId}`, { name: 'Told to partners' }));
  for (const subscriptionId of made) {
    const delivered = await eventually(async () => {
      const page = good(await staff.get<Page>(`${path}/${subscriptionId}/deliveries`));
      if (page.items[0]?.status !== 'DELIVERED') throw new Error(`nothing is delivered to ${subscriptionId}`);
      return page;
    });
    known.learn(delivered);
  }
}
