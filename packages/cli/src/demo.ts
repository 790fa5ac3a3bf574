import type { Say } from '@tradewind/native/launch.ts';
import { SetupError } from '@tradewind/native/run.ts';
import { apiAs } from '#api.ts';
import { watchEvents } from '#demo/event-watch.ts';
import { buy, type Cast, MILESTONES, type Stock } from '#demo/journey.ts';
import { brief, narrator } from '#demo/step.ts';
import { stockAProduct } from '#demo/stock-a-product.ts';
import { places } from '#places.ts';
import { readEndpoints } from '#up/endpoints.ts';

const STORE = 'STORE-1';
const SAMPLE_SKU = 'TW-MUG';

async function actors(): Promise<Pick<Cast, 'merchant' | 'shopper' | 'storeId'>> {
  const [shopper, merchant] = await Promise.all([
    apiAs({ sub: 'USER-9', roles: ['CUSTOMER'], storeId: STORE }),
    apiAs({ sub: 'MERCHANT-1', roles: ['MERCHANT'], storeId: STORE }),
  ]);
  return { shopper, merchant, storeId: STORE };
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
    const reached = await buy(cast, await stockAProduct(cast));
    const missing = MILESTONES.filter((one) => !reached.has(one));
    if (missing.length > 0) throw new Error(`not seen: ${missing.join(', ')}`);
    say(`\nseen: ${MILESTONES.join(', ')}  (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
  } finally {
    await watch.close();
  }
}
