import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { admin, merchant, stack, unique } from '../e2e/stack.fixture.ts';
import type { KnownValues } from './known-values.ts';
import { caller, good, type Piece, type Shop } from './shop.ts';
import { cartsIn } from './shop-carts.ts';
import { devicesIn } from './shop-devices.ts';
import { messagesIn } from './shop-messages.ts';
import { laterLifeIn } from './shop-orders.ts';
import { webhooksIn } from './shop-webhooks.ts';

const KINDS = 4;
const STOCK = 1_000_000;
/** Who has carts and a later life of orders: the gateway passes everything on. */
const WITH_CARTS = ['cart', 'gateway'];
const WITH_SALES = ['pricing', 'gateway'];
const SALES = 20;
const WITH_WEBHOOKS = ['webhook-dispatcher', 'gateway'];
const WITH_DEVICES = ['inventory', 'gateway'];
const WITH_MESSAGES = ['notification', 'gateway'];
const WITH_LATER_LIFE = ['order', 'payment-adapter', 'gateway'];

/**
 * A tenant with something to sell, and what a service keeps, so that requests get beyond "there is no such thing".
 * @param sink URL of an endpoint for webhooks; without it there are none
 */
export async function furnish(
  storeId: string,
  service: string,
  known: KnownValues,
  sink?: string,
): Promise<void> {
  const currency = 'USD';
  await (await admin(storeId)).post('/api/v1/stores', { storeId, name: 'Fuzzed', currency });
  const staff = await merchant(storeId);
  const pieces = await Promise.all(Array.from({ length: KINDS }, (_, n) => pieceOf(staff, storeId, n)));
  const code = unique('FUZZ');
  known.learn(good(await staff.post('/api/v1/discount-codes', { code, type: 'PERCENTAGE', value: 1 })));
  known.learn([
    ...pieces,
    ...[1, 2, 3].map((version) => ({ version, storeId, code, serviceKey: stack.serviceKey })),
    ...[currency, 'EUR'].map((it) => ({ currency: it })),
    ...['de', 'en', 'fr-CA'].map((locale) => ({ locale })),
    ...['FEDEX', 'UPS', 'DHL'].map((carrier) => ({ carrier })),
    ...['CUSTOMER', 'MERCHANT', 'ADMIN'].map((role) => ({ role })),
    ...['orders:read', 'products:write', 'inventory:read'].map((permission) => ({ permission })),
  ]);
  const shop = { storeId, pieces, code, known };
  await pricesKnown(shop);
  if (WITH_SALES.includes(service)) await salesIn(shop);
  if (WITH_CARTS.includes(service)) await cartsIn(shop);
  if (sink !== undefined && WITH_WEBHOOKS.includes(service)) await webhooksIn(shop, sink);
  if (WITH_DEVICES.includes(service)) await devicesIn(shop);
  if (WITH_MESSAGES.includes(service)) await messagesIn(shop);
  if (!WITH_LATER_LIFE.includes(service)) return;
  await laterLifeIn(shop);
  await paymentsKnown(shop);
}

async function pieceOf(staff: HttpClient, storeId: string, n: number): Promise<Piece> {
  const goods = { sku: unique('FUZZ'), name: 'Fuzzed goods', price: `${n}.25`, currency: 'USD' };
  const { productId, sku } = good(await staff.post<Piece>('/api/v1/products', goods));
  good(await staff.put(`/api/v1/stores/${storeId}/inventory/${sku}`, { productId, onHand: STOCK }));
  return { productId, sku };
}

/** An order of everything goes through once its prices have arrived. */
async function pricesKnown({ storeId, pieces, known }: Shop): Promise<void> {
  const shopper = await caller(storeId, 'CUSTOMER');
  const items = pieces.map(({ productId }) => ({ productId, qty: 1 }));
  const options = { idempotencyKey: unique('KEY') };
  known.learn(
    await eventually(async () => good(await shopper.post('/api/v1/orders', { items }, options))),
    'customer',
  );
}

/** Announced ones: two dates by chance hardly ever make a sale that is still to come, and there is none to change. */
async function salesIn({ storeId, pieces, known }: Shop): Promise<void> {
  const staff = await admin(storeId);
  const productIds = pieces.map(({ productId }) => productId);
  for (let n = 0; n < SALES; n++) {
    const sale = { productIds, discountPercent: 5, startsAt: `${2090 + n}-01-01T00:00:00Z` };
    const endsAt = `${2090 + n}-01-02T00:00:00Z`;
    known.learn(good(await staff.post('/api/v1/flash-sales', { ...sale, endsAt })));
  }
}

async function paymentsKnown({ storeId, known }: Shop): Promise<void> {
  const orderId = String(known.pick('orderId', 0));
  const answer = await (await admin(storeId)).get(`/api/v1/payments?orderId=${orderId}`);
  known.learn(answer.body);
}
