import { setTimeout as pause } from 'node:timers/promises';
import type { Say } from '@tradewind/native/launch.ts';
import { apiAs, type Api } from '#api.ts';
import { findProduct } from '#sample-data.ts';

const STORE = 'STORE-1';
const SKU = 'TW-MUG';
const SETTLED_MS = 30_000;

interface Order {
  orderId: string;
  status: string;
  totalAmount: string;
  currency: string;
}

/** One shopper buys a mug: order, payment, history. Needs the sample data; fails where any step does not answer as it must. */
export async function demo(say: Say): Promise<void> {
  const shopper = await apiAs({ sub: 'USER-9', roles: ['CUSTOMER'], storeId: STORE });
  const merchant = await apiAs({ sub: 'MERCHANT-1', roles: ['MERCHANT'], storeId: STORE });
  const available = async (): Promise<number> =>
    (await merchant.get<{ available: number }>(`/stores/${STORE}/inventory/${SKU}`)).body.available;

  const productId = await findProduct(shopper, SKU);
  const before = await available();
  say(`${before} mugs are for sale`);

  const placed = await shopper.send<Order>(
    'POST',
    '/orders',
    { items: [{ productId, qty: 2 }] },
    { expected: [201] },
  );
  const { orderId, totalAmount, currency } = placed.body;
  say(`USER-9 orders two: order ${orderId}, ${totalAmount} ${currency}, ${placed.body.status}`);
  say(`inventory has reserved them: ${await available()} are left`);

  const paid = await shopper.send<Order>('POST', `/orders/${orderId}/pay`, {}, { expected: [200, 202] });
  say(`payment answers ${paid.status} ${paid.body.status}`);
  const settled = await untilPaid(shopper, orderId);
  const history = await shopper.get<{ items: { status: string }[] }>(`/orders/${orderId}/history`);
  say(`order is ${settled.status}: ${history.body.items.map((it) => it.status).join(' → ')}`);
}

async function untilPaid(api: Api, orderId: string): Promise<Order> {
  for (const deadline = Date.now() + SETTLED_MS; ; await pause(200)) {
    const { body } = await api.get<Order>(`/orders/${orderId}`);
    if (body.status === 'PAID') return body;
    if (Date.now() > deadline) throw new Error(`order ${orderId} is still ${body.status}`);
  }
}
