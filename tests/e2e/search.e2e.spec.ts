import { eventually } from '@tradewind/testing/eventually.ts';
import { beforeAll, expect, it } from 'vitest';
import { dataOf } from './graphql.fixture.ts';
import { anybody, merchant, refusal, unique } from './stack.fixture.ts';

interface Found {
  readonly items: readonly { readonly sku: string; readonly name: string }[];
  readonly total: number;
  readonly facets: {
    readonly attributes: readonly { name: string; values: readonly { value: string; count: number }[] }[];
    readonly prices: readonly object[];
  };
}

const url = '/api/v1/products/search';
/** In no other product, so that only these are found. */
const mark = unique('x').replace('-', '').toLowerCase();
const skus = [unique('FIND'), unique('FIND'), unique('FIND')] as const;

const search = async (query: string) => {
  const answer = await anybody().get<Found>(`${url}?${query}`);
  expect(answer.status).toBe(200);
  return answer;
};
const found = async (query: string) => (await search(query)).body.items.map(({ sku }) => sku).sort();

beforeAll(async () => {
  const staff = await merchant();
  const names = [`Red coffee mug ${mark}`, `Blue mugs ${mark}`, `Folding chair ${mark}`];
  for (const [at, name] of names.entries()) {
    const product = { sku: skus[at], name, price: `${at + 1}5.00`, currency: 'USD' };
    const attributes = { color: at === 1 ? 'blue' : 'red' };
    expect(await staff.post('/api/v1/products', { ...product, attributes })).toMatchObject({ status: 201 });
  }
  await eventually(async () => expect((await search(`q=${mark}`)).body.total).toBe(3));
});

it('is found by words, forms, typos, synonyms and its SKU', async () => {
  const mugs = [skus[0], skus[1]].sort();
  expect(await found(`q=mug+${mark}`)).toEqual(mugs);
  expect(await found(`q=beaker+${mark}`)).toEqual(mugs);
  expect(await found(`q=foldng+${mark}`)).toEqual([skus[2]]);
  expect(await found(`q=${skus[2]}`)).toEqual([skus[2]]);
  expect(await found(`q=chair+mug+${mark}`)).toEqual([]);
});

it('is filtered, sorted and counted', async () => {
  const { body, headers } = await search(`q=${mark}&attribute=color:red&sort=-price&minPrice=20`);
  expect(body).toMatchObject({ total: 1, items: [{ sku: skus[2] }] });
  expect(body.facets.attributes).toEqual([
    {
      name: 'color',
      values: [
        { value: 'blue', count: 1 },
        { value: 'red', count: 1 },
      ],
    },
  ]);
  expect(body.facets.prices).toEqual([
    { currency: 'USD', from: '10.00', to: '25.00', count: 1 },
    { currency: 'USD', from: '25.00', to: '50.00', count: 1 },
  ]);
  expect(['opensearch', 'postgres']).toContain(headers.get('search-store'));
  expect(headers.get('search-degraded')).toBeNull();
});

it('is suggested, to a shopper of its own store', async () => {
  const suggested = (store: string) =>
    anybody().get<{ items: object[] }>(`${url}/suggest?q=folding+${mark}&store=${store}`);
  expect((await suggested('STORE-1')).body.items).toMatchObject([{ text: `Folding chair ${mark}` }]);
  expect((await suggested('STORE-2')).body.items).toEqual([]);
});

it('is found over the graph by the same words', async () => {
  const document = `query ($q: String!) { searchProducts(q: $q, attributes: ["color:red", "color:none"], sort: CHEAPEST) {
    total items { sku } facets { attributes { name values { value count } } } }
    suggestProducts(q: $q) { text } }`;
  const data = await dataOf<{ searchProducts: Found; suggestProducts: object[] }>(anybody(), document, {
    q: `red ${mark}`,
  });
  expect(data.searchProducts.items.map(({ sku }) => sku)).toEqual([skus[0], skus[2]]);
  expect(data.suggestProducts).toEqual([{ text: `Red coffee mug ${mark}` }]);
});

it.each(['q=', 'q=a&attribute=color', 'q=a&sort=best', 'q=a&minPrice=x', 'q=a&cursor=b', 'q=a&locale=xx'])(
  'refuses %s with 400',
  async (query) => {
    expect(refusal(await anybody().get(`${url}?${query}`))[0]).toBe(400);
  },
);
