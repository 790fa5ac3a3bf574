import { openGraph } from '@tradewind/graphql/open-graph.fixture.ts';
import { counted } from '@tradewind/postgres/counted.fixture.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { pricingMetrics } from '#metrics.ts';
import { openPricing } from '#pricing.fixture.ts';
import { resolver } from '#resolve-prices/resolver.ts';
import { ruleCache } from '#rules/compiled-rules.ts';
import { registerGraphql } from './subgraph.ts';

const ids = Array.from({ length: 20 }, (_, at) => `P-${at}`);

let pricing: Awaited<ReturnType<typeof openPricing>>;
let graph: Awaited<ReturnType<typeof openGraph>>;
let watched: ReturnType<typeof counted>;

beforeAll(async () => {
  pricing = await openPricing();
  watched = counted(pricing.db);
  const resolve = resolver(watched.db, ruleCache({ hit: () => undefined, compiled: () => undefined }));
  graph = await openGraph('pricing', (app) =>
    registerGraphql(app, { resolve, metrics: pricingMetrics(), introspection: false }),
  );
  for (const id of ids) await pricing.product(id, 1_250);
  // Reads the rules of the tenant, which are kept.
  await graph.entities('Product', [{ id: 'P-0' }], 'price { amount }');
});
beforeEach(() => {
  Object.assign(watched.asked, { transactions: 0, statements: 0 });
});
afterAll(async () => {
  await graph.close();
  await pricing.close();
});

async function costOf(products: readonly string[]) {
  const keys = products.map((id) => ({ id }));
  const found = await graph.entities('Product', keys, 'price { amount }');
  expect(found).toEqual(products.map(() => ({ price: { amount: '12.50' } })));
  return { ...watched.asked };
}

it('the prices of twenty products cost what the price of one does: one transaction', async () => {
  const one = await costOf(ids.slice(0, 1));
  expect(one).toMatchObject({ transactions: 1 });
  Object.assign(watched.asked, { transactions: 0, statements: 0 });
  expect(await costOf(ids)).toEqual(one);
});
