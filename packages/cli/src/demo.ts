import type { Say } from '@tradewind/native/launch.ts';
import { SetupError } from '@tradewind/native/run.ts';
import { apiAs } from '#api.ts';
import { watchEvents } from '#demo/event-watch.ts';
import { everyProtocol } from '#demo/every-protocol.ts';
import { buy, type Cast, MILESTONES, type Stock } from '#demo/journey.ts';
import { shipAndReturn } from '#demo/ship-and-return.ts';
import { shopOnSale } from '#demo/shop.ts';
import { brief, narrator } from '#demo/step.ts';
import { stockAProduct } from '#demo/stock-a-product.ts';
import { places } from '#places.ts';
import { requestToken } from '#token.ts';
import { readEndpoints } from '#up/endpoints.ts';

const STORE = 'STORE-1';
const SAMPLE_SKU = 'TW-MUG';
const SHOPPER = { sub: 'USER-9', roles: ['CUSTOMER'], storeId: STORE };

async function actors(): Promise<Omit<Cast, 'tell' | 'watch'>> {
  const [shopper, merchant, admin, visitor] = await Promise.all([
    apiAs(SHOPPER),
    apiAs({ sub: 'MERCHANT-1', roles: ['MERCHANT'], storeId: STORE }),
    apiAs({ sub: 'ADMIN-1', roles: ['ADMIN'], storeId: STORE }),
    apiAs(),
  ]);
  return { shopper, merchant, admin, visitor, storeId: STORE, hurry };
}

async function hurry(carrier: string, trackingNumber: string): Promise<void> {
  const endpoints = await readEndpoints(places().home);
  const response = await fetch(`${endpoints?.services['carriers']}/_control/deliver`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ carrier, trackingNumber }),
  });
  if (!response.ok)
    throw new Error(`the carrier does not hurry: ${response.status} ${await response.text()}`);
}

/** One order of the sample data, in a few lines: how `tw up` shows that all parts work together. */
export async function demo(say: Say): Promise<void> {
  const cast = { ...(await actors()), tell: brief(say), watch: undefined };
  const { body } = await cast.merchant.get<Stock>(`/stores/${STORE}/inventory/${SAMPLE_SKU}`);
  const reached = await buy(cast, { productId: body.productId, sku: SAMPLE_SKU, qty: 1 });
  say(`seen: ${MILESTONES.filter((one) => reached.has(one)).join(', ')}`);
}

/** The whole journey with a product of its own: what was sent, what came back, which event it became. */
export async function narratedDemo(say: Say): Promise<void> {
  const endpoints = await readEndpoints(places().home);
  if (endpoints === undefined) throw new SetupError('no stack is running', './tw up');
  const began = performance.now();
  say(`One shopper's journey through ${endpoints.gateway}`);
  const watch = await watchEvents(endpoints.kafka);
  try {
    const cast = { ...(await actors()), tell: narrator(say), watch };
    const goods = await stockAProduct(cast);
    const reached = await buy(cast, goods);
    say('\nThe same product again, the long way');
    await shipAndReturn(cast, goods, await shopOnSale(cast, goods));
    say('\nOnce more, watched from everywhere');
    say(`    page     ${endpoints.gateway}/console  (its token: ./tw token --roles CUSTOMER,ADMIN)`);
    const identity = endpoints.services['identity'] ?? endpoints.gateway;
    await everyProtocol(cast, goods, endpoints, await requestToken(identity, endpoints.serviceKey, SHOPPER));
    const missing = MILESTONES.filter((one) => !reached.has(one));
    if (missing.length > 0) throw new Error(`not seen: ${missing.join(', ')}`);
    say(`\nseen: ${MILESTONES.join(', ')}  (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  } finally {
    await watch.close();
  }
}
