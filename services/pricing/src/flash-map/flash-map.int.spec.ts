import { newId } from '@tradewind/kernel/ids.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { servers } from '@tradewind/testing/servers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextIn, openPricing } from '#pricing.fixture.ts';
import { type FlashMap, type FlashState, openFlashMap } from './flash-map.ts';
import { productFollower, type ProductFollower } from './follow-product.ts';
import { runningSales } from './running-sales.ts';

let pricing: Awaited<ReturnType<typeof openPricing>>;
let map: FlashMap;
let products: ProductFollower;
// The servers are shared with other tests: nobody else has this tenant.
const storeId = `STORE-${newId()}`;
const sales: FlashState[] = [];

beforeAll(async () => {
  pricing = await openPricing();
  const { url } = await (await servers()).redis();
  map = openFlashMap({ url, timeoutMs: 2_000, log: createLogger('pricing', 'silent') });
  products = productFollower({ map, db: pricing.db });
  await eventually(() => map.markComplete());
});
afterAll(async () => {
  for (const state of sales) await map.set({ ...state, version: state.version + 10, prices: {} });
  await map.close();
  await pricing.close();
});

/** What its event does, to the projection. */
const listPrice = (productId: string, cents: number, version: number) =>
  pricing.rows(
    `update product_prices_v1 set price_minor = $2, versions = jsonb_build_object('ecommerce.product.product', $3::int)
     where store_id = $4 and product_id = $1`,
    [productId, cents, version, storeId],
  );
const onSale = async (productIds: string[]) => {
  const soon = { startsAt: new Date(), endsAt: new Date(Date.now() + 600_000) };
  const terms = { name: null, productIds, price: { basisPoints: 2_500 }, ...soon };
  const sale = await pricing.sales.create(terms, contextIn(storeId), {});
  const state = (await runningSales(pricing.systemDb)).find((one) => one.saleId === sale.saleId);
  if (!state) throw new Error('it does not run');
  sales.push(state);
  await map.set(state);
  return state;
};
const shown = async (productId: string): Promise<string[]> => {
  const found = await map.get(storeId, [productId]);
  return (found?.get(productId) ?? []).map((one) => `${one.price} of ${one.listPrice}`);
};

describe('the map of flash prices', () => {
  it('follows the list price of a percentage, and a repeat of the event that began the sale takes nothing back', async () => {
    const [a, b] = await Promise.all(['A', 'B'].map((id) => pricing.product(id, 1_000, { tenant: storeId })));
    const begun = await onSale([a!, b!]);
    expect(await shown('A')).toEqual(['750 of 1000']);
    await listPrice('A', 2_000, 2);
    await products.follow({ storeId, productId: 'A', version: 2 });
    await map.set(begun);
    expect([await shown('A'), await shown('B')]).toEqual([['1500 of 2000'], ['750 of 1000']]);
  });

  it('waits for list prices that are behind their events, but not for those of products on no sale', async () => {
    for (const id of ['LATE', 'OTHER']) await pricing.product(id, 1_000, { tenant: storeId });
    await onSale(['LATE']);
    const follow = (productId: string) => products.follow({ storeId, productId, version: 3 });
    await expect(follow('LATE')).rejects.toMatchObject({ code: 'PRICES_BEHIND', retryable: true });
    await follow('OTHER');
    await listPrice('LATE', 400, 3);
    await follow('LATE');
    expect(await shown('LATE')).toEqual(['300 of 400']);
  });

  it('shows a tenant nothing of a sale in which another tenant has named its product', async () => {
    await pricing.product('MINE', 1_000, { tenant: storeId });
    await onSale(['MINE']);
    const theirs = await map.get(`${storeId} 2`, ['MINE']);
    expect([await shown('MINE'), theirs?.get('MINE')]).toEqual([['750 of 1000'], []]);
  });

  it('has no product that was taken off the shelf, though it be the only one of its sale', async () => {
    await pricing.product('GONE', 1_000, { tenant: storeId });
    await onSale(['GONE']);
    await listPrice('GONE', 1_000, 2);
    await pricing.rows(`update product_prices_v1 set status = 'ARCHIVED' where product_id = 'GONE'`);
    await products.follow({ storeId, productId: 'GONE', version: 2 });
    expect(await shown('GONE')).toEqual([]);
  });

  it('takes an older state of a sale for nothing, also one that was read anew', async () => {
    await pricing.product('OLD', 1_000, { tenant: storeId });
    const begun = await onSale(['OLD']);
    await map.set({ ...begun, version: begun.version + 1, prices: {} });
    await map.set(begun, { anew: true });
    expect(await shown('OLD')).toEqual([]);
  });
});
