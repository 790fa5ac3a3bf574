import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { unique, urlOf } from '../e2e/stack.fixture.ts';
import { caller, good, type Shop } from './shop.ts';

const ORDERS = 5;
/** Nobody has it. */
const PHONE = '+15550100999';
const OF_CUSTOMER = '/api/v1/notifications?recipient=FUZZ-CUSTOMER';

interface Page {
  readonly items: readonly { readonly deliveries: readonly { readonly status: string }[] }[];
}

/** Texts of the tenant's own, and a customer who was told of orders by a channel that takes nothing for him. */
export async function messagesIn(shop: Shop): Promise<void> {
  const [staff, customer] = await Promise.all([
    caller(shop.storeId, 'MERCHANT'),
    caller(shop.storeId, 'CUSTOMER'),
  ]);
  await textsIn(staff);
  await refuse(PHONE);
  const channels = { TRANSACTIONAL: { SMS: true } };
  good(await customer.put('/api/v1/notifications/preferences', { channels, phone: PHONE }));
  const items = [{ productId: shop.pieces[0]?.productId, qty: 1 }];
  for (let n = 0; n < ORDERS; n++)
    good(await customer.post('/api/v1/orders', { items }, { idempotencyKey: unique('KEY') }));
  const told = await eventually(async () => {
    const page = good(await staff.get<Page>(OF_CUSTOMER));
    const failed = page.items.filter(({ deliveries }) =>
      deliveries.some(({ status }) => status === 'FAILED'),
    );
    if (failed.length < ORDERS) throw new Error(`only ${failed.length} notifications have failed`);
    return { items: failed };
  });
  shop.known.learn(told);
}

/** A text of every key, so that there is one to be used again and to be taken away. */
async function textsIn(staff: HttpClient): Promise<void> {
  const path = '/api/v1/notification-templates';
  const { items } = good(await staff.get<{ items: { key: string }[] }>(path));
  const text = { channel: 'EMAIL', locale: 'en', subject: 'Fuzzed', body: 'Fuzzed' };
  for (const key of new Set(items.map((one) => one.key))) good(await staff.post(path, { key, ...text }));
}

async function refuse(to: string): Promise<void> {
  const knobs = await fetch(`${urlOf('mailbox')}/_control/knobs`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ SMS: { mode: 'REFUSE', to } }),
  });
  if (!knobs.ok) throw new Error(`the mailbox takes no knobs: ${knobs.status}`);
}
